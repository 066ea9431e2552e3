/** Request signing with Web Crypto, so that it works in Node and in browsers (wire-contract.md 2). */

const hex = (bytes: ArrayBuffer): string =>
  [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** Hex HMAC-SHA256 with the API key as key over secret + nonce. */
export async function sign(apiKey: string, apiSecret: string, nonce: string): Promise<string> {
  const text = new TextEncoder();
  const key = await crypto.subtle.importKey("raw", text.encode(apiKey), { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
  ]);
  return hex(await crypto.subtle.sign("HMAC", key, text.encode(apiSecret + nonce)));
}
