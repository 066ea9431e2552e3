import { createHmac } from "node:crypto";

/** Headers of `count` requests, each with its own nonce: HMAC-SHA256 with the key over secret + nonce, as the API asks. */
export function signedHeaders({
  apiKey,
  apiSecret,
  count = 256,
}: {
  apiKey: string;
  apiSecret: string;
  count?: number;
}) {
  return Array.from({ length: count }, (_, index) => {
    const nonce = String(1_700_000_000_000 + index);
    const signature = createHmac("sha256", apiKey)
      .update(apiSecret + nonce)
      .digest("hex");
    return { "x-api-key": apiKey, "x-nonce": nonce, "x-signature": signature };
  });
}
