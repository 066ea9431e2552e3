/** `/health`, `/ready` and `/metrics`: for load balancers, process supervisors and Prometheus, not for callers. */
import { createHash, timingSafeEqual } from "node:crypto";
import { apiError } from "@modelyard/contract";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Database } from "../db/database.ts";
import type { Registry } from "../workers/registry.ts";
import type { Meter } from "./meter.ts";

export interface MetricsRoutesDeps {
  db: Database;
  meter: Meter;
  registry: Registry;
  isReady(): boolean;
  /** Asked for as a bearer token; without one only this machine may read the metrics. */
  token: string | undefined;
  /** It has a public address, so that what comes from this machine may be a proxy's: then only the token opens them. */
  isPublic: boolean;
}

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;

export function metricsRoutes(app: FastifyInstance, deps: MetricsRoutesDeps): void {
  const { db, meter, registry, isReady, token, isPublic } = deps;
  const digest = (text: string) => createHash("sha256").update(text).digest();
  const wanted = token === undefined ? undefined : digest(`Bearer ${token}`);

  function authorize(request: FastifyRequest): void {
    const isAllowed = wanted
      ? timingSafeEqual(wanted, digest(request.headers.authorization ?? ""))
      : !isPublic &&
        LOOPBACK.test(request.socket.remoteAddress ?? "") &&
        request.headers["x-forwarded-for"] === undefined;
    if (!isAllowed) throw apiError("unknownEndpoint");
  }

  gauges(meter, db, registry);

  /** The process lives: restart it where this does not answer. */
  app.get("/health", (_request, reply) => {
    void reply.code(isReady() ? 200 : 503).send({ status: isReady() ? "ok" : "starting" });
  });

  /** It can take work: send no requests here where this says no. */
  app.get("/ready", async (_request, reply) => {
    const database = await db.all("select 1 as one", []).then(
      () => true,
      () => false,
    );
    const ready = isReady() && database;
    const workers = registry.all().filter((worker) => worker.open).length;
    return reply.code(ready ? 200 : 503).send({ status: ready ? "ready" : "not ready", database, workers });
  });

  app.get("/metrics", async (request, reply) => {
    authorize(request);
    const { type, text } = await meter.report();
    return reply.header("content-type", type).send(text);
  });
}

/** What is read when somebody asks. */
function gauges(meter: Meter, db: Database, registry: Registry): void {
  meter.gauge("queue_tasks", "Tasks that have not ended, by the state of their queue entry.", ["state"], async () => {
    const rows = await db.all<{ state: string; n: number }>(
      "select state, count(*) as n from queue_entry group by state",
      [],
    );
    const counts = new Map(rows.map(({ state, n }) => [state, Number(n)]));
    return ["waiting", "ready", "leased"].map((state) => ({ labels: { state }, value: counts.get(state) ?? 0 }));
  });
  meter.gauge("callbacks_due", "Callbacks that are owed.", [], async () => {
    const [row] = await db.all<{ n: number }>("select count(*) as n from callback where state = 'due'", []);
    return [{ labels: {}, value: Number(row?.n ?? 0) }];
  });
  const perWorker = (name: string, help: string, value: (worker: ReturnType<Registry["all"]>[number]) => number) =>
    meter.gauge(name, help, ["worker"], () =>
      registry.all().map((worker) => ({ labels: { worker: worker.name }, value: value(worker) })),
    );
  perWorker("worker_slots", "Runs that a connected worker takes at a time.", ({ capacity }) => capacity.slots);
  perWorker("worker_slots_used", "Slots of a connected worker that are taken.", ({ used }) => used.slots);
  perWorker("worker_memory_mib", "Memory of a connected worker.", ({ capacity }) => capacity.memory);
  perWorker("worker_memory_used_mib", "Memory that its runs were admitted with.", ({ used }) => used.memory);
}
