/**
 * The server's file endpoints for workers (contract/worker-protocol.ts). A server that is away or has no room for a moment costs
 * no run: calls are repeated for a while, as long as the attempt is ours.
 */
import { Readable } from "node:stream";
import type { ReadableStream as WebStream } from "node:stream/web";
import { setTimeout as sleep } from "node:timers/promises";
import type { WorkerConfig } from "../config.ts";

export interface ServerFiles {
  model(version: string, path: string): Promise<Readable>;
  input(task: string, epoch: number, index: number, signal: AbortSignal): Promise<Readable>;
  /** Uploads `size` bytes, read anew at each try; returns the blob's key. */
  output(task: string, epoch: number, body: () => Readable, size: number, signal: AbortSignal): Promise<string>;
}

/** The server refused or could not be reached: the platform's fault, the attempt is repeated. */
export class ServerFileError extends Error {
  override name = "ServerFileError";
  /** It may work in a moment. */
  readonly transient: boolean;

  constructor(message: string, options: ErrorOptions & { transient: boolean }) {
    super(message, options);
    this.transient = options.transient;
  }
}

/** How long a call is repeated, and how often. Milliseconds. */
const RETRY_FOR_MS = 30_000;
const RETRY_EVERY_MS = 500;

async function persistently<T>(signal: AbortSignal | undefined, call: () => Promise<T>): Promise<T> {
  const limit = performance.now() + RETRY_FOR_MS;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      const again = error instanceof ServerFileError && error.transient && performance.now() < limit;
      if (!again || signal?.aborted) throw error;
    }
    await sleep(RETRY_EVERY_MS);
  }
}

function away(error: unknown): never {
  throw new ServerFileError(`the server could not be reached: ${String(error)}`, { cause: error, transient: true });
}

function refusal(response: Response, what: string): ServerFileError {
  return new ServerFileError(`the server answered ${response.status} to ${what}`, {
    // 401: the token was replaced while the call was under way; the next try has the new one (WorkerConfig.token).
    transient: response.status >= 500 || response.status === 401,
  });
}

export function createServerFiles(config: Pick<WorkerConfig, "server" | "token">): ServerFiles {
  const base = `${config.server.replace(/\/+$/, "")}/worker/v1`;
  const authorization = () => `Bearer ${config.token}`;

  const get = (path: string, signal?: AbortSignal): Promise<Readable> =>
    persistently(signal, async () => {
      const options: RequestInit = {
        headers: { authorization: authorization() },
        redirect: "error",
        ...(signal ? { signal } : {}),
      };
      const response = await fetch(base + path, options).catch(away);
      if (!response.ok || !response.body) throw refusal(response, path);
      return Readable.fromWeb(response.body as WebStream<Uint8Array>);
    });

  return {
    model: (version, path) => get(`/models/${version}/${path.split("/").map(encodeURIComponent).join("/")}`),
    input: (task, epoch, index, signal) => get(`/tasks/${task}/${epoch}/inputs/${index}`, signal),
    output: (task, epoch, body, size, signal) =>
      persistently(signal, async () => {
        const response = await fetch(`${base}/tasks/${task}/${epoch}/outputs`, {
          method: "POST",
          headers: {
            authorization: authorization(),
            "content-length": String(size),
            "content-type": "application/octet-stream",
          },
          body: Readable.toWeb(body()),
          duplex: "half",
          redirect: "error",
          signal,
        } as unknown as RequestInit).catch(away);
        if (!response.ok) throw refusal(response, "an upload");
        const answer = (await response.json().catch(away)) as { blob?: unknown };
        // Refusals such as "no room" come with status 200 (wire contract 1).
        if (typeof answer.blob !== "string")
          throw new ServerFileError("the server took no upload", { transient: true });
        return answer.blob;
      }),
  };
}
