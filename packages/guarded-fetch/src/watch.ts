/** The clock over one fetch: one limit for the stage it is in, one for the whole of it. The first failure is the one that is told. */

import { FetchError } from "./fetch-error.ts";
import type { FetchLimits } from "./guarded-fetch.ts";

export class Watch {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal | undefined;
  readonly #total: NodeJS.Timeout;
  readonly #speed: NodeJS.Timeout;
  #stage: NodeJS.Timeout | undefined;
  /** Bytes since the speed was last looked at; undefined before the body. */
  #bytes: number | undefined;

  constructor(limits: FetchLimits, outer: AbortSignal | undefined) {
    this.#outer = outer;
    const seconds = (ms: number) => `${ms / 1000} s`;
    this.#total = setTimeout(
      () => this.fail(`The transfer took longer than ${seconds(limits.totalMs)}.`),
      limits.totalMs,
    );
    this.#speed = setInterval(() => {
      if (this.#bytes === undefined) return;
      const least = (limits.bytesPerSecond * limits.speedWindowMs) / 1000;
      if (this.#bytes < least) this.fail(`The transfer was slower than ${limits.bytesPerSecond} bytes a second.`);
      this.#bytes = 0;
    }, limits.speedWindowMs);
  }

  /** Aborts what is under way, whoever asked for it. */
  get signal(): AbortSignal {
    return this.#outer ? AbortSignal.any([this.#controller.signal, this.#outer]) : this.#controller.signal;
  }

  /** Enters a stage that may last this long. */
  stage(ms: number, sentence: string): void {
    clearTimeout(this.#stage);
    this.#stage = setTimeout(() => this.fail(sentence), ms);
  }

  /** The body runs: `ms` may pass without a byte. */
  body(ms: number): void {
    this.stage(ms, `The transfer stood still for ${ms / 1000} s.`);
    this.#speed.refresh();
    this.#bytes = 0;
  }

  progress(bytes: number): void {
    this.#stage?.refresh();
    if (this.#bytes !== undefined) this.#bytes += bytes;
  }

  fail(reason: string | FetchError): void {
    if (this.#controller.signal.aborted) return;
    this.#controller.abort(typeof reason === "string" ? new FetchError(reason) : reason);
    this.end();
  }

  /** What to throw for a failure of a stream or socket: the cause, as the caller may read it. */
  explain(error: unknown): unknown {
    if (this.#controller.signal.aborted) return this.#controller.signal.reason;
    if (this.#outer?.aborted) return this.#outer.reason;
    if (error instanceof FetchError) return error;
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    return new FetchError(SENTENCES[code] ?? `The transfer failed${code === "" ? "" : ` (${code})`}.`, {
      cause: error,
    });
  }

  end(): void {
    clearTimeout(this.#total);
    clearTimeout(this.#stage);
    clearInterval(this.#speed);
  }
}

const SENTENCES: Readonly<Record<string, string>> = {
  ENOTFOUND: "The address names a host that does not exist.",
  EAI_AGAIN: "The address names a host that could not be looked up.",
  ECONNREFUSED: "The host of the address refused the connection.",
  ECONNRESET: "The host of the address broke the transfer off.",
  DEPTH_ZERO_SELF_SIGNED_CERT: "The host of the address has a certificate that nobody vouches for.",
  SELF_SIGNED_CERT_IN_CHAIN: "The host of the address has a certificate that nobody vouches for.",
  CERT_HAS_EXPIRED: "The certificate of the host has expired.",
  ERR_TLS_CERT_ALTNAME_INVALID: "The certificate of the host is for another name.",
};
