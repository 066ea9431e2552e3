/**
 * The thread that makes pages: started by the first page that is asked for, ended when none was asked for a while. Rendering takes
 * tens of milliseconds and React, the grammars and their engine tens of megabytes; here neither holds up or weighs on the API.
 */
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { FromSite, Log, SiteAnswer, SiteRequest, ToSite } from "@modelyard/contract";

/** Without a request for this long, the thread and its memory go. Milliseconds. */
const IDLE_MS = 60_000;
/** Its heap, in MiB: four times what it needs after thousands of pages. Without a limit V8 lets garbage pile up to hundreds. */
const HEAP_MB = 160;
/** A page that is not made by then is not going to be. Milliseconds. */
const LIMIT_MS = 20_000;
/** Requests that may wait for the thread; more are turned away instead of piling up. */
const WAITING_LIMIT = 200;

/** One call of the API, in this process: its status and its text. */
export type CallApi = (call: { base: string; path: string; body: string }) => Promise<{ status: number; text: string }>;

export class PagesBusyError extends Error {
  override name = "PagesBusyError";
}

export interface RenderThread {
  /** Rejects where the thread fails, dies or takes too long, and with PagesBusyError where too much waits already. */
  ask(request: SiteRequest): Promise<SiteAnswer>;
  close(): Promise<void>;
}

interface Waiting {
  /** The thread that was asked: another one's end does not concern it. */
  worker: Worker;
  resolve: (answer: SiteAnswer) => void;
  reject: (error: Error) => void;
  timer: NodeJS.Timeout;
}

/** `dist`: the web app's build, with `server/thread.js` and `client/`. */
export function createRenderThread(dist: string, call: CallApi, log: Log): RenderThread {
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  let next = 1;
  const waiting = new Map<number, Waiting>();

  function settle(id: number, how: (one: Waiting) => void): void {
    const one = waiting.get(id);
    if (!one) return;
    waiting.delete(id);
    clearTimeout(one.timer);
    how(one);
    if (waiting.size === 0) rest();
  }

  function rest(): void {
    clearTimeout(idle);
    idle = setTimeout(() => void stop(), IDLE_MS);
    idle.unref();
  }

  async function stop(): Promise<void> {
    const old = worker;
    worker = undefined;
    clearTimeout(idle);
    await old?.terminate();
  }

  function start(): Worker {
    const fresh = new Worker(join(dist, "server/thread.js"), {
      workerData: dist,
      // Not this process's hooks and loaders: the thread is one plain file.
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB, maxYoungGenerationSizeMb: 16 },
      env: { NODE_ENV: "production" },
    });
    fresh.unref();
    const say = (message: ToSite) => fresh.postMessage(message);
    fresh.on("message", (message: FromSite) => {
      switch (message.kind) {
        case "answer":
          return settle(message.id, ({ resolve }) => resolve(message.answer));
        case "failed":
          return settle(message.id, ({ reject }) => reject(new Error(message.reason)));
        case "call": {
          const { id, base, path, body } = message;
          void call({ base, path, body })
            .catch((error: unknown) => ({ status: 500, text: JSON.stringify({ reason: String(error) }) }))
            .then((reply) => say({ kind: "reply", id, ...reply }));
        }
      }
    });
    const gone = (reason: string) => {
      if (worker === fresh) worker = undefined;
      for (const [id, one] of [...waiting])
        if (one.worker === fresh) settle(id, ({ reject }) => reject(new Error(reason)));
    };
    fresh.on("error", (error) => {
      log(`pages: the thread failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`, {
        level: "error",
      });
      gone("the thread that makes pages failed");
    });
    fresh.on("exit", () => gone("the thread that makes pages ended"));
    return fresh;
  }

  return {
    ask(request) {
      if (waiting.size >= WAITING_LIMIT) return Promise.reject(new PagesBusyError("too many pages are being made"));
      worker ??= start();
      clearTimeout(idle);
      const own = worker;
      const id = next++;
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          settle(id, ({ reject }) => reject(new Error(`${request.url} took longer than ${LIMIT_MS} ms`)));
          // It may hang for good: the next request gets a new one.
          if (worker === own) void stop();
        }, LIMIT_MS);
        waiting.set(id, { worker: own, resolve, reject, timer });
        own.postMessage({ kind: "ask", id, request } satisfies ToSite);
      });
    },
    close: stop,
  };
}
