import { randomBytes } from "node:crypto";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** Largest multiple of the alphabet's size below 256: bytes from here on would make the first letters likelier. */
const FAIR = 256 - (256 % ALPHABET.length);

/** Random bytes are fetched this many at a time: a system call per token costs more than the token. */
const POOL = 8192;
let pool = Buffer.alloc(0);
let used = 0;

function randomByte(): number {
  if (used === pool.length) {
    pool = randomBytes(POOL);
    used = 0;
  }
  return pool[used++] as number;
}

/** 30 random letters and digits (178 bits), the form of `socketaccesstoken` and `accesskey` on the wire. */
export function randomToken(length = 30): string {
  let token = "";
  while (token.length < length) {
    const byte = randomByte();
    if (byte < FAIR) token += ALPHABET[byte % ALPHABET.length];
  }
  return token;
}
