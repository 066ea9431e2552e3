/** A run as server-sent events (wire-contract.md 3.1): `start`, cumulative `task_output`, `done`. */
import type { ServerResponse } from "node:http";
import type { Frame, SyncOutput, TaskStatus } from "@modelyard/contract";
import type { Subscriber } from "./channel.ts";

/** Proxies close connections that say nothing. Milliseconds. */
const KEEP_ALIVE_MS = 15_000;
/** Characters of printed text that one event repeats at most, the last ones; tokens of a text model are all repeated. */
const TEXT_LIMIT = 64 * 1024;

export interface EventStream {
  /** Takes the task's frames and turns them into events. */
  subscriber: Subscriber;
  /** The task has ended, or the reader is gone. */
  over: Promise<void>;
  send(event: "start" | "done" | "error", data: object): void;
  end(): void;
}

/** `isText`: the model's answer is text (`output: text`), and what it prints beside it is its log. */
export function openEventStream(
  response: ServerResponse,
  { taskId, isText }: { taskId: string; isText: boolean },
): EventStream {
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache, no-transform",
    "x-accel-buffering": "no",
    "access-control-allow-origin": "*",
  });
  const { promise: over, resolve: finish } = Promise.withResolvers<void>();
  const transcript = newTranscript(taskId, isText);
  /** What a slow reader has not been sent: each event says all, so only the last one counts. */
  let waiting: SyncOutput | undefined;
  const write = (event: string, data: object) => response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  const flush = () => {
    if (!waiting || response.writableNeedDrain || response.destroyed) return;
    write("task_output", waiting);
    waiting = undefined;
  };
  const keepAlive = setInterval(() => {
    if (!response.writableNeedDrain) response.write(": keep-alive\n\n");
  }, KEEP_ALIVE_MS);
  response.on("drain", flush);
  response.on("error", () => {});
  response.once("close", () => {
    clearInterval(keepAlive);
    finish();
  });

  return {
    over,
    subscriber: {
      send(text) {
        if (response.destroyed) return false;
        const frame = JSON.parse(text) as Frame;
        waiting = transcript(frame) ?? waiting;
        flush();
        if (frame.terminal) finish();
        return true;
      },
      drained: async () => !response.destroyed,
      ended: finish,
    },
    send(event, data) {
      if (event !== "start" && waiting && !response.destroyed) write("task_output", waiting);
      waiting = undefined;
      if (!response.destroyed) write(event, data);
    },
    end() {
      clearInterval(keepAlive);
      response.end();
    },
  };
}

/** Folds frames into what has been said so far; undefined where a frame adds nothing to it. */
function newTranscript(id: string, isText: boolean): (frame: Frame) => SyncOutput | undefined {
  let printed = "";
  let status: TaskStatus = "task_queue";
  const output = (segments: SyncOutput["segments"]): SyncOutput => ({ id, status, pexit: null, segments });
  return ({ type, message }) => {
    if (type === "task_queue") printed = "";
    // A text model that streams no tokens has its answer here.
    if (type !== "task_output" && !(isText && type === "task_output_full")) return undefined;
    status = "task_output";
    if (typeof message === "string") {
      if (isText) return undefined;
      printed = (printed + message).slice(-TEXT_LIMIT);
      return output([{ type: "answer", text: printed }]);
    }
    if (message === null || Array.isArray(message) || !("raw" in message)) return undefined;
    const { thinking = [], answer = [] } = message;
    return output([
      ...thinking.map((text) => ({ type: "thinking" as const, text })),
      ...answer.map((text) => ({ type: "answer" as const, text })),
    ]);
  };
}
