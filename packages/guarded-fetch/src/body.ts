/** The bytes of an answer, counted before and after decoding, under the fetch's clock. */
import type { IncomingMessage } from "node:http";
import { pipeline, Readable, Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { FetchError } from "./fetch-error.ts";
import type { FetchLimits } from "./guarded-fetch.ts";
import type { Watch } from "./watch.ts";

export function tooLarge(limit: number): FetchError {
  return new FetchError(`The file at the address is larger than ${Math.floor(limit / (1024 * 1024))} MB.`);
}

function counter(limit: number, onBytes: (bytes: number) => void): Transform {
  let total = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      total += chunk.length;
      onBytes(chunk.length);
      if (total > limit) done(tooLarge(limit));
      else done(null, chunk);
    },
  });
}

/** `identity` was asked for; a host that compresses all the same is understood, with the same limit on what comes out. */
function decoder(encoding: string): Transform | undefined {
  switch (encoding.trim().toLowerCase()) {
    case "":
    case "identity":
      return undefined;
    case "gzip":
    case "x-gzip":
      return createGunzip();
    case "deflate":
      return createInflate();
    case "br":
      return createBrotliDecompress();
    default:
      throw new FetchError("The host of the address sent the file in an encoding that is not known.");
  }
}

/** Fails with FetchError (or the outer signal's reason) where a limit is broken or the transfer breaks. */
export function limitedBody(
  response: IncomingMessage,
  { limits, watch }: { limits: FetchLimits; watch: Watch },
): Readable {
  const decode = decoder(response.headers["content-encoding"] ?? "");
  const wire = counter(limits.bytes, (bytes) => watch.progress(bytes));
  const out = counter(limits.bytes, () => {});
  watch.body(limits.idleMs);
  const finish = () => watch.end();
  if (decode) pipeline(response, wire, decode, out, finish);
  else pipeline(response, wire, out, finish);
  let broken: Error | undefined;
  response.socket.once("error", (error) => (broken = error));
  async function* chunks(): AsyncGenerator<Buffer> {
    try {
      yield* out as AsyncIterable<Buffer>;
      // A body without a length ends with its connection: Node calls it complete even when we, or a reset, cut it off (24.21).
      if (watch.signal.aborted) throw watch.signal.reason;
      if (broken) throw broken;
    } catch (error) {
      throw watch.explain(error);
    }
  }
  // The error reaches the reader through the iterator, or nobody when nobody reads.
  out.on("error", () => {});
  const body = Readable.from(chunks(), { objectMode: false });
  body.once("close", () => {
    watch.end();
    response.destroy();
  });
  return body;
}
