/** A worker that does only what the test says, over the real protocol. */
import { randomUUID } from "node:crypto";
import {
  type Finish,
  type FromWorker,
  type Lease,
  type Report,
  readFrame,
  ToWorker,
  WORKER_PROTOCOL,
} from "@modelyard/contract";
import { WebSocket } from "ws";

export type Assigned = Extract<ToWorker, { t: "assign" }>;

export interface FakeWorker {
  id: string;
  send(message: FromWorker): void;
  /** The next message of this kind that nobody has taken yet. */
  next<T extends ToWorker["t"]>(kind: T): Promise<Extract<ToWorker, { t: T }>>;
  /** Sends a report and returns whether the server took it. */
  report(lease: Lease, n: number, events: Report["events"], finish?: Finish): Promise<boolean>;
  /** Renews the named leases; returns the lost ones. */
  heartbeat(leases: Lease[]): Promise<Lease[]>;
  close(): Promise<void>;
}

export const event = (
  type: Report["events"][number]["type"],
  body: Report["events"][number]["body"] = null,
): Report["events"][number] => ({
  type,
  ms: 1,
  body,
});

/** All events of a run that prints nothing, up to its end. */
export const WHOLE_RUN: Report["events"] = (
  [
    "task_preprocess_start",
    "task_preprocess_end",
    "task_assign",
    "task_start",
    "task_output_full",
    "task_end",
    "task_postprocess_start",
  ] as const
).map((type) => event(type, type === "task_output_full" ? { kind: "full", raw: "" } : null));

export function finish(change: Partial<Finish> = {}): Finish {
  return {
    exitCode: 0,
    elapsedMs: 1,
    debugoutput: "",
    debugerror: "",
    answer: null,
    outputs: [],
    retry: false,
    reason: null,
    ...change,
  };
}

export async function fakeWorker(
  server: { url: string; workerToken: string },
  options: { id?: string; slots?: number; gpus?: number; leases?: Lease[]; protocol?: number } = {},
): Promise<FakeWorker> {
  const id = options.id ?? randomUUID();
  const socket = new WebSocket(`${server.url.replace("http", "ws")}/worker/v1`, {
    headers: { authorization: `Bearer ${server.workerToken}` },
  });
  const inbox: ToWorker[] = [];
  const waiting: { kind: string; resolve: (message: never) => void }[] = [];
  socket.on("message", (data) => {
    for (const raw of readFrame(String(data)) ?? []) {
      const message = ToWorker.parse(raw);
      const index = waiting.findIndex((entry) => entry.kind === message.t);
      if (index < 0) inbox.push(message);
      else waiting.splice(index, 1)[0]?.resolve(message as never);
    }
  });
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  const send = (message: FromWorker) => socket.send(JSON.stringify([message]));
  const next = <T extends ToWorker["t"]>(kind: T): Promise<Extract<ToWorker, { t: T }>> => {
    const index = inbox.findIndex((message) => message.t === kind);
    if (index >= 0) return Promise.resolve(inbox.splice(index, 1)[0] as Extract<ToWorker, { t: T }>);
    return new Promise((resolve) => waiting.push({ kind, resolve }));
  };
  send({
    t: "hello",
    protocol: options.protocol ?? WORKER_PROTOCOL,
    worker: id,
    name: "fake",
    release: "test",
    slots: options.slots ?? 4,
    gpus: Array.from({ length: options.gpus ?? 0 }, (_, index) => ({ index, name: "fake", vram: 0 })),
    // More than any test asks for: how memory decides has tests of its own.
    memory: 1024 * 1024,
    cpus: 2,
    leases: options.leases ?? [],
  });
  await next("welcome");
  let beats = 0;
  return {
    id,
    send,
    next,
    async report({ task, epoch }, n, events, end) {
      send({ t: "report", task, epoch, n, events, ...(end ? { finish: end } : {}) });
      return (await next("reported")).ok;
    },
    async heartbeat(leases) {
      send({ t: "heartbeat", seq: ++beats, leases });
      return (await next("heartbeat")).lost;
    },
    async close() {
      const closed = new Promise((resolve) => socket.once("close", resolve));
      socket.close();
      await closed;
    },
  };
}
