/** The workers' side of the server: one socket a worker (contract/worker-protocol.ts). */
import type { IncomingMessage } from "node:http";
import {
  AnyHello,
  FromWorker,
  type Lease,
  type Log,
  OLDEST_WORKER_PROTOCOL,
  type Outbox,
  outbox,
  type Report,
  readFrame,
  speaksProtocol,
  type ToWorker,
  WORKER_MESSAGE_LIMIT,
  WORKER_PROTOCOL,
} from "@modelyard/contract";
import { spanClock } from "@modelyard/tracing";
import { type WebSocket, WebSocketServer } from "ws";
import type { Switches } from "../db/switches.ts";
import type { TaskTraces } from "../metrics/task-traces.ts";
import * as queue from "../queue/service.ts";
import {
  IllegalTransitionError,
  KILL_TOPIC,
  type KillNews,
  type LifecycleDeps,
  retryOrFail,
} from "../tasks/lifecycle.ts";
import { applyReport } from "../tasks/reports.ts";
import { needOf } from "./capacity.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { ConnectedWorker, type Registry } from "./registry.ts";
import * as store from "./store.ts";
import { TOKEN_REVOKED_TOPIC, type TokenRevoked, workerTokenHash } from "./tokens.ts";

export interface GatewayDeps extends LifecycleDeps {
  registry: Registry;
  dispatcher: Dispatcher;
  cordons: Switches;
  traces: TaskTraces;
  log: Log;
}

export interface Gateway {
  /** The hash of the bearer token, where it lets a worker in. */
  authorized(authorization: string | undefined): Promise<string | undefined>;
  /** Takes over an upgrade request of a worker that was authorized by the token with this hash. */
  accept(request: IncomingMessage, socket: import("node:stream").Duplex, head: Buffer, tokenHash: string): void;
  close(): Promise<void>;
}

const HELLO_MS = 10_000;
type Hello = Extract<FromWorker, { t: "hello" }>;

export function createGateway(deps: GatewayDeps): Gateway {
  const { db, bus, models, registry, dispatcher, cordons, traces, log } = deps;
  const lifecycle: LifecycleDeps = deps;
  const server = new WebSocketServer({ noServer: true, maxPayload: WORKER_MESSAGE_LIMIT, perMessageDeflate: false });

  /** By the token that let it in, each connection's way out. */
  const connections = new Map<WebSocket, { tokenHash: string; refuse: (reason: string) => void }>();

  const tellModels = (worker: ConnectedWorker) => worker.send({ t: "models", models: models.versions() });

  const ends = [
    bus.subscribe(KILL_TOPIC, (message) => {
      const { task, epoch, worker: id } = message as KillNews;
      // Its place stays taken until the worker says that nothing of it is alive.
      registry.get(id)?.send({ t: "kill", task, epoch });
    }),
    bus.subscribe(TOKEN_REVOKED_TOPIC, (message) => {
      const { hash } = message as TokenRevoked;
      for (const { tokenHash, refuse } of connections.values()) if (tokenHash === hash) refuse("its token was revoked");
    }),
    models.changed(() => {
      for (const worker of registry.all()) tellModels(worker);
      dispatcher.wake();
    }),
    cordons.changed(() => {
      for (const worker of registry.all()) worker.cordoned = cordons.get(worker.name) !== undefined;
      dispatcher.wake();
    }),
  ];

  /** Compares what the worker says it holds with what the store says; what it has lost or never got goes back to the queue. */
  async function reconcile(hello: Hello): Promise<{ kept: Lease[]; lost: Lease[]; models: Map<string, number> }> {
    const known = await db.write(async (tx) => {
      const rows = await queue.leasesOf(tx, hello.worker);
      for (const row of rows) {
        if (hello.leases.some((lease) => Number(lease.task) === row.task_id && lease.epoch === row.epoch)) continue;
        const lease = { taskId: row.task_id, epoch: row.epoch, worker: hello.worker };
        await retryOrFail(lifecycle, tx, lease, { counted: false, reason: "The worker never received it." });
      }
      const lost = await queue.renew(tx, hello.worker, hello.leases);
      const kept = hello.leases.filter((lease) => !lost.includes(lease));
      const models = await queue.modelsOf(
        tx,
        kept.map((lease) => Number(lease.task)),
      );
      return { kept, lost, models };
    });
    return known;
  }

  /** A worker of a protocol that this server does not speak: told why, whatever else its hello says. */
  function protocolRefusal(protocol: number): string {
    const range = `${OLDEST_WORKER_PROTOCOL} to ${WORKER_PROTOCOL}`;
    return `this server speaks worker protocols ${range}, the worker ${protocol}; use the same release`;
  }

  async function admit(hello: Hello, messages: Outbox<ToWorker>, tokenHash: string): Promise<ConnectedWorker> {
    // The worker's earlier connection, should its end not have been noticed yet: nothing may be claimed for it any more.
    const earlier = registry.get(hello.worker);
    if (earlier) registry.remove(earlier);
    const { kept, lost, models: leased } = await reconcile(hello);
    const { worker: id, name, release, slots, memory, gpus } = hello;
    const worker = new ConnectedWorker({ id, name, release, tokenHash, capacity: { slots, memory, gpus }, messages });
    worker.knowsTraces = hello.protocol >= 2;
    worker.cordoned = cordons.get(name) !== undefined;
    for (const { task, epoch } of kept) {
      const model = models.byId(leased.get(task) ?? -1);
      const need = model ? needOf(model.manifest, worker.capacity) : { slots: 1, memory: 0, gpus: 0, vram: 0 };
      worker.hold(task, { epoch, modelId: model?.id ?? 0, need });
    }
    registry.add(worker);
    worker.send({ t: "welcome", lost });
    tellModels(worker);
    log(`worker ${name} connected (${slots} slots, ${gpus.length} GPUs, ${kept.length} running)`, { worker: name });
    dispatcher.wake();
    return worker;
  }

  async function report(worker: ConnectedWorker, message: Report): Promise<void> {
    const { task, epoch, n } = message;
    const began = spanClock();
    let ok = false;
    try {
      ok = (await db.write((tx) => applyReport(lifecycle, tx, worker.id, message))) === "ok";
    } catch (error) {
      if (!(error instanceof IllegalTransitionError)) throw error;
      log(`worker ${worker.name}, task ${task}: ${error.message}`, { level: "error", task, worker: worker.name });
    }
    worker.send({ t: "reported", task, epoch, n, ok });
    if (message.finish) {
      traces.finished(Number(task), { began, ok, exitCode: message.finish.exitCode });
      if (message.finish.retry) traces.queued(Number(task));
    }
    if (!ok || !message.finish) return;
    worker.forget(task, epoch);
    dispatcher.wake();
  }

  async function handle(worker: ConnectedWorker, message: FromWorker): Promise<void> {
    switch (message.t) {
      case "hello":
        return;
      case "heartbeat": {
        const lost = await db.write((tx) => queue.renew(tx, worker.id, message.leases));
        worker.send({ t: "heartbeat", seq: message.seq, lost });
        return;
      }
      case "model":
        worker.models.set(message.version, {
          state: message.state,
          ...(message.reason === undefined ? {} : { reason: message.reason }),
        });
        dispatcher.wake();
        return;
      case "report":
        return report(worker, message);
      case "release": {
        const lease = { taskId: Number(message.task), epoch: message.epoch, worker: worker.id };
        await db.write((tx) =>
          retryOrFail(lifecycle, tx, lease, { counted: false, reason: "The worker was stopped." }),
        );
        traces.queued(lease.taskId);
        worker.forget(message.task, message.epoch);
        dispatcher.wake();
        return;
      }
      case "freed":
        worker.forget(message.task, message.epoch);
        dispatcher.wake();
        return;
      case "drain":
        worker.draining = true;
        return;
    }
  }

  server.on("connection", (ws: WebSocket, _request: IncomingMessage, tokenHash: string) => {
    let worker: ConnectedWorker | undefined;
    let greeted = false;
    const messages = outbox<ToWorker>((frame) => {
      if (ws.readyState === ws.OPEN) ws.send(frame);
    }, process.nextTick);
    const refuse = (reason: string) => {
      messages.push({ t: "refused", reason });
      messages.flush();
      ws.close(1008, "refused");
      log(`worker ${worker?.name ?? "(not greeted)"} was refused: ${reason}`, { level: "warn" });
    };
    connections.set(ws, { tokenHash, refuse });
    const greeting = setTimeout(() => ws.close(1008, "no hello"), HELLO_MS);
    // Reports of one task must be applied in order; different tasks may overlap, so that they share a transaction.
    const chains = new Map<string, Promise<void>>();
    const inOrder = (key: string, work: () => Promise<void>) => {
      const next = (chains.get(key) ?? Promise.resolve()).then(work).catch((error: unknown) => {
        log(`worker message failed: ${error instanceof Error ? error.stack : String(error)}`, {
          level: "error",
          ...(worker ? { worker: worker.name } : {}),
        });
        // The worker resends after it has connected again; nothing half-done was written.
        ws.close(1011, "internal error");
      });
      chains.set(key, next);
      void next.finally(() => {
        if (chains.get(key) === next) chains.delete(key);
      });
    };

    ws.on("message", (data, isBinary) => {
      for (const raw of (isBinary ? undefined : readFrame(String(data))) ?? [undefined]) {
        const hello = greeted ? undefined : AnyHello.safeParse(raw).data;
        if (hello && !speaksProtocol(hello.protocol)) return refuse(protocolRefusal(hello.protocol));
        const parsed = FromWorker.safeParse(raw);
        if (!parsed.success) {
          log(`a worker sent what is not a message: ${parsed.error.issues[0]?.message}`, { level: "warn" });
          ws.close(1007, "not a message");
          return;
        }
        take(parsed.data);
      }
    });
    const take = (message: FromWorker) => {
      if (message.t === "hello") {
        if (greeted) return;
        greeted = true;
        clearTimeout(greeting);
        inOrder("hello", async () => {
          // Revoked between the request and this connection's being known: nobody else would end it.
          if (!(await store.isTokenValid(db, tokenHash))) return refuse("its token was revoked");
          worker = await admit(message, messages, tokenHash);
        });
        return;
      }
      const key = message.t === "report" || message.t === "release" ? `task:${message.task}` : message.t;
      inOrder(key, async () => {
        if (!worker) await chains.get("hello");
        if (worker) await handle(worker, message);
      });
    };
    ws.on("error", (error) => log(`worker socket: ${error.message}`, { level: "warn" }));
    ws.on("close", () => {
      clearTimeout(greeting);
      connections.delete(ws);
      if (!worker) return;
      registry.remove(worker);
      log(`worker ${worker.name} disconnected`, { worker: worker.name });
    });
  });

  return {
    async authorized(authorization) {
      const token = /^Bearer (\S{20,200})$/.exec(authorization ?? "")?.[1];
      if (token === undefined) return undefined;
      const hash = workerTokenHash(token);
      return (await store.isTokenValid(db, hash)) ? hash : undefined;
    },
    accept(request, socket, head, tokenHash) {
      server.handleUpgrade(request, socket, head, (ws) => server.emit("connection", ws, request, tokenHash));
    },
    async close() {
      for (const end of ends) end();
      for (const client of server.clients) client.close(1012, "server restarts");
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
