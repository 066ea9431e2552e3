import { setTimeout as sleep } from "node:timers/promises";
import { WrongContent } from "./checked-file.ts";

/** Pauses before the second and third try, in milliseconds. */
export const RETRY_DELAYS: readonly number[] = [1000, 4000];

/** The source answered, and trying it again would not change the answer. */
export class SourceRefused extends Error {
  override readonly name = "SourceRefused";
}

/** Fetches, and turns an answer without a usable body into an error: `SourceRefused` unless it may pass (408, 429, 5xx). */
export async function fetchBody(
  url: string,
  init: { headers?: Record<string, string>; signal: AbortSignal },
): Promise<Response & { body: ReadableStream<Uint8Array> }> {
  // `identity`: byte ranges and lengths must be those of the file itself.
  const response = await fetch(url, {
    signal: init.signal,
    headers: { "accept-encoding": "identity", ...init.headers },
  });
  if (response.ok && response.body) return response as Response & { body: ReadableStream<Uint8Array> };
  await response.body?.cancel();
  const message = `${url} answered ${response.status} ${response.statusText}`.trim();
  const passing = response.status === 408 || response.status === 429 || response.status >= 500;
  throw passing ? new Error(message) : new SourceRefused(message);
}

/** Runs `attempt` again after a network failure; not after wrong content, a refusal, a full disk or an abort. */
export async function withRetries<T>(
  signal: AbortSignal,
  delays: readonly number[],
  attempt: () => Promise<T>,
): Promise<T> {
  for (const delay of delays) {
    try {
      return await attempt();
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof WrongContent || error instanceof SourceRefused || isDiskFull(error)) throw error;
      await sleep(delay, undefined, { signal });
    }
  }
  return attempt();
}

export function isDiskFull(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return code === "ENOSPC" || code === "EDQUOT";
}
