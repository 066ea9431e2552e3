/** Puts the rooms together and runs them: one process, one port. */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { API_ROUTES, openApi } from "@modelyard/contract";
import { firstRun } from "./accounts/service.ts";
import { diskBlobs } from "./blobs/disk.ts";
import { memoryBus } from "./bus/memory.ts";
import type { ServerConfig } from "./config.ts";
import type { Database } from "./db/database.ts";
import { openDatabase } from "./db/open.ts";
import { fileRoutes } from "./files/routes.ts";
import { uploadRoutes } from "./files/routes-uploads.ts";
import { createFiles } from "./files/service.ts";
import { createUploads } from "./files/service-uploads.ts";
import { createApp, requestBase } from "./http/app.ts";
import { modelRoutes } from "./models/routes.ts";
import { loadModels } from "./models/service.ts";
import { createModelStats } from "./models/stats.ts";
import { landingPage } from "./pages/landing.ts";
import { addressAllowed } from "./projects/policy.ts";
import { projectRoutes } from "./projects/routes.ts";
import { createSeal, loadMasterKey, type Seal } from "./projects/seal.ts";
import { createProjects, type Projects } from "./projects/service.ts";
import { clampLeases } from "./queue/service.ts";
import { syncRoutes } from "./realtime/routes.ts";
import { createRealtime } from "./realtime/socket.ts";
import { forgetKeysNowAndThen } from "./tasks/idempotency.ts";
import { taskRoutes } from "./tasks/routes.ts";
import { createRunRequest } from "./tasks/run-request.ts";
import { createTasks } from "./tasks/service.ts";
import { startDeliverer } from "./webhooks/deliverer.ts";
import { webhookRoutes } from "./webhooks/routes.ts";
import { createWebhooks, dropClaims } from "./webhooks/service.ts";
import { createDispatcher } from "./workers/dispatcher.ts";
import { createGateway, workerTokenHash } from "./workers/gateway.ts";
import { createRegistry } from "./workers/registry.ts";
import { workerRoutes } from "./workers/routes.ts";
import { createAttempts, registerToken } from "./workers/service.ts";

export interface Server {
  /** Where it listens, e.g. `http://127.0.0.1:8787`. */
  url: string;
  /** Token with which workers connect; also in `<dataDir>/worker-token`. */
  workerToken: string;
  db: Database;
  projects: Projects;
  /** Accounts and keys of the very first start, shown once. */
  credentials: Awaited<ReturnType<typeof firstRun>>;
  /** From now on `/health` answers 200: what the operator's scripts wait for is in place. */
  markReady(): void;
  /** Stops taking requests, lets workers and sockets go, closes the store. */
  close(): Promise<void>;
}

/** A value sealed at the first start: opening it proves that the master key is the one that the store's secrets were sealed with. */
async function checkMasterKey(db: Database, seal: Seal): Promise<void> {
  const name = "master-key-check";
  const row = await db.q.selectFrom("setting").select("value").where("key", "=", name).executeTakeFirst();
  if (!row) {
    const value = seal.seal(name, name);
    await db.write((tx) =>
      tx.q
        .insertInto("setting")
        .values({ key: name, value })
        .onConflict((conflict) => conflict.doNothing())
        .execute(),
    );
    return;
  }
  try {
    seal.open(row.value, name);
  } catch (error) {
    throw new Error(
      "the master key is not the one this store was made with; restore master.key or set MODELYARD_MASTER_KEY",
      { cause: error },
    );
  }
}

function workerToken(dataDir: string): string {
  const path = join(dataDir, "worker-token");
  if (!existsSync(path)) writeFileSync(path, `${randomBytes(32).toString("base64url")}\n`, { mode: 0o600 });
  return readFileSync(path, "utf8").trim();
}

export async function startServer(config: ServerConfig, log: (message: string) => void): Promise<Server> {
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  const db = await openDatabase({ url: config.databaseUrl, dataDir: config.dataDir });
  try {
    return await startOn(db, config, log);
  } catch (error) {
    await db.close();
    throw error;
  }
}

async function startOn(db: Database, config: ServerConfig, log: (message: string) => void): Promise<Server> {
  const bus = memoryBus();
  const blobs = diskBlobs(join(config.dataDir, "blobs"));
  const seal = createSeal(loadMasterKey(config.dataDir, config.masterKey));
  await checkMasterKey(db, seal);
  const projects = createProjects(db, seal);
  const credentials = await firstRun(db, projects, config.firstCredit);
  const models = await loadModels(db, config.modelDirs, log);
  const token = workerToken(config.dataDir);
  await registerToken(db, { hash: workerTokenHash(token), name: "built-in" });
  if (db.kind === "sqlite") {
    await db.write(async (tx) => {
      await clampLeases(tx);
      await dropClaims(tx);
    });
  }

  const stats = await createModelStats(db, log);
  const keys = forgetKeysNowAndThen(db, log);
  const registry = createRegistry();
  const tasks = createTasks({ db, bus, models, stats, projects, blobs, workers: registry.all });
  const dispatcher = createDispatcher({ db, bus, models, stats, registry, log });
  const gateway = createGateway({ db, bus, models, stats, registry, dispatcher, log });
  const webhooks = createWebhooks({ db, bus, seal });
  const realtime = createRealtime({ db, bus, tasks, log });

  const app = createApp({ publicUrl: config.publicUrl, trustedProxies: config.trustedProxies, log });
  let ready = false;
  app.get("/health", (_request, reply) => {
    void reply.code(ready ? 200 : 503).send({ status: ready ? "ok" : "starting" });
  });
  app.get("/", (request, reply) => {
    void reply.type("text/html; charset=utf-8").send(landingPage(models.all(), request.base));
  });
  const run = createRunRequest({ tasks, projects, blobs });
  taskRoutes(app, { tasks, projects, run, ended: realtime.ended });
  syncRoutes(app, { run, tasks, realtime, log });
  projectRoutes(app, { projects });
  webhookRoutes(app, { webhooks, tasks, projects });
  modelRoutes(app, { models, stats });
  fileRoutes(app, { files: createFiles(db), blobs });
  uploadRoutes(app, { uploads: createUploads({ db, blobs, quota: config.storageQuota }), projects });
  workerRoutes(app, { attempts: createAttempts(db), blobs, models, gateway });

  /** Behind a proxy that is believed, the client's own scheme is what the proxy says. */
  const isSecure = (request: IncomingMessage): boolean =>
    config.trustedProxies.length > 0 &&
    request.headers["x-forwarded-proto"] === "https" &&
    addressAllowed(config.trustedProxies, request.socket.remoteAddress ?? "");

  app.get("/openapi.json", (_request, reply) => {
    void reply.type("application/json; charset=utf-8").send(JSON.stringify(openApi()));
  });
  for (const { path } of API_ROUTES) {
    const url = path.replace(/\{(\w+)\}/g, ":$1");
    if (!app.hasRoute({ method: "POST", url }))
      throw new Error(`${path} is in the contract (routes.ts) but has no handler; register one, or take it out`);
  }

  app.server.on("upgrade", (request, socket, head) => {
    socket.on("error", () => socket.destroy());
    const path = (request.url ?? "").split("?")[0] ?? "";
    if (path === "/worker/v1") {
      void gateway
        .authorized(request.headers.authorization)
        .catch(() => false)
        .then((ok) => {
          if (ok) gateway.accept(request, socket, head);
          else socket.end("HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        });
    } else if (/^\/(v1\/?)?$/i.test(path)) {
      realtime.accept(request, socket, head, config.publicUrl ?? requestBase(request.headers.host, isSecure(request)));
    } else {
      socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    }
  });

  await app.listen({ host: config.host, port: config.port });
  const { port } = app.server.address() as AddressInfo;
  const shown = config.host === "0.0.0.0" || config.host === "::" ? "127.0.0.1" : config.host;
  const url = `http://${shown.includes(":") ? `[${shown}]` : shown}:${port}`;
  const { allowHosts } = config;
  const base = config.publicUrl ?? url;
  const deliverer = startDeliverer({ db, bus, tasks, webhooks, allowHosts, base, log });

  return {
    url,
    workerToken: token,
    db,
    projects,
    credentials,
    markReady() {
      ready = true;
    },
    async close() {
      ready = false;
      await dispatcher.stop();
      await deliverer.stop();
      await keys.stop();
      await Promise.all([gateway.close(), realtime.close()]);
      await app.close();
      await stats.close();
      await bus.close();
      await db.close();
    },
  };
}
