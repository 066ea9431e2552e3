import { randomBytes } from "node:crypto";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** Largest multiple of the alphabet's size below 256: bytes from here on would make the first letters likelier. */
const FAIR = 256 - (256 % ALPHABET.length);

/** 30 random letters and digits (178 bits), the form of `socketaccesstoken` and `accesskey` on the wire. */
export function randomToken(length = 30): string {
  let token = "";
  while (token.length < length) {
    for (const byte of randomBytes(length * 2)) {
      if (byte < FAIR && token.length < length) token += ALPHABET[byte % ALPHABET.length];
    }
  }
  return token;
}
