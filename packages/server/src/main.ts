/** Puts the rooms together and runs them: one process, one port. */
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { API_ROUTES, type Log, openApi } from "@modelyard/contract";
import { startTracing } from "@modelyard/tracing";
import { startAccounts } from "./accounts/room.ts";
import { firstRun } from "./accounts/service.ts";
import { createSessions } from "./accounts/service-sessions.ts";
import { createAppDriver } from "./apps/driver.ts";
import { createAuditTrail } from "./audit-log/trail.ts";
import { diskBlobs } from "./blobs/disk.ts";
import { memoryBus } from "./bus/memory.ts";
import { commentRoutes } from "./comments/routes.ts";
import { createComments } from "./comments/service.ts";
import type { ServerConfig } from "./config.ts";
import type { Database, Tx } from "./db/database.ts";
import { openDatabase } from "./db/open.ts";
import { createSwitches } from "./db/switches.ts";
import { filesOrigin } from "./files/origin.ts";
import { fileRoutes } from "./files/routes.ts";
import { uploadRoutes } from "./files/routes-uploads.ts";
import { createFiles } from "./files/service.ts";
import { createUploads } from "./files/service-uploads.ts";
import { createApp } from "./http/app.ts";
import { listenFault } from "./http/listen-fault.ts";
import { Buckets, createLimits } from "./http/rates.ts";
import { acceptUpgrades } from "./http/upgrades.ts";
import { walletRoutes } from "./ledger/routes.ts";
import { stripeRoutes } from "./ledger/routes-stripe.ts";
import { createAutoTopUp } from "./ledger/service-auto-top-up.ts";
import { createSpendCaps } from "./ledger/service-caps.ts";
import { sweepCredit } from "./ledger/service-expiry.ts";
import { createPublishers } from "./ledger/service-publishers.ts";
import { createStripePayments } from "./ledger/service-stripe.ts";
import { createWallets } from "./ledger/service-wallet.ts";
import { createMail } from "./mail/service.ts";
import { mcpRoutes } from "./mcp/routes.ts";
import { createMeter } from "./metrics/meter.ts";
import { metricsRoutes } from "./metrics/routes.ts";
import { createTaskTraces } from "./metrics/task-traces.ts";
import { modelRoutes } from "./models/routes.ts";
import { modelVersionRoutes } from "./models/routes-versions.ts";
import { loadModels } from "./models/service.ts";
import { createExplore } from "./models/service-explore.ts";
import { createModelVersions } from "./models/service-versions.ts";
import { createModelStats } from "./models/stats.ts";
import { landingPage } from "./pages/landing.ts";
import { pageRoutes } from "./pages/routes.ts";
import { documentRoutes } from "./pages/routes-documents.ts";
import { createPages } from "./pages/service.ts";
import { createDocuments } from "./pages/service-documents.ts";
import { operatorToken } from "./projects/operator-token.ts";
import { projectRoutes } from "./projects/routes.ts";
import { projectManageRoutes } from "./projects/routes-manage.ts";
import { createSeal, loadMasterKey, type Seal } from "./projects/seal.ts";
import { createProjects, type Projects } from "./projects/service.ts";
import { createProjectManager } from "./projects/service-manage.ts";
import { clampLeases, loadTurns } from "./queue/service.ts";
import { syncRoutes } from "./realtime/routes.ts";
import { createRealtime } from "./realtime/socket.ts";
import { shareRoutes } from "./shares/routes.ts";
import { createShares } from "./shares/service.ts";
import { statusRoutes } from "./status/routes.ts";
import { createStatus } from "./status/service.ts";
import { sweepFiles } from "./tasks/file-sweep.ts";
import { forgetKeysNowAndThen } from "./tasks/idempotency.ts";
import { taskRoutes } from "./tasks/routes.ts";
import { createRunRequest } from "./tasks/run-request.ts";
import { createTasks } from "./tasks/service.ts";
import { startDeliverer } from "./webhooks/deliverer.ts";
import { webhookRoutes } from "./webhooks/routes.ts";
import { createWebhooks, dropClaims, oweNotice } from "./webhooks/service.ts";
import { createDispatcher } from "./workers/dispatcher.ts";
import { createGateway } from "./workers/gateway.ts";
import { readinessOf } from "./workers/readiness.ts";
import { createRegistry, isInstalled } from "./workers/registry.ts";
import { workerRoutes } from "./workers/routes.ts";
import { operateRoutes } from "./workers/routes-operate.ts";
import { createAttempts } from "./workers/service.ts";
import { createOperations } from "./workers/service-operate.ts";
import { openWorkerTokens } from "./workers/tokens.ts";

export interface Server {
  /** Where it listens, e.g. `http://127.0.0.1:8787`. */
  url: string;
  /** Token with which workers connect; also in `<dataDir>/worker-token`. */
  readonly workerToken: string;
  /** Is told when there is a new one; the old one is about to be refused. */
  onWorkerToken(listener: (token: string) => void): void;
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

export async function startServer(config: ServerConfig, log: Log): Promise<Server> {
  const db = await openDatabase({ url: config.databaseUrl, dataDir: config.dataDir, log });
  try {
    return await startOn(db, config, log);
  } catch (error) {
    await db.close();
    throw error;
  }
}

async function startOn(db: Database, config: ServerConfig, log: Log): Promise<Server> {
  const bus = memoryBus();
  const blobs = diskBlobs(join(config.dataDir, "blobs"));
  const masterKey = loadMasterKey(config.dataDir, config.masterKey);
  const seal = createSeal(masterKey);
  await checkMasterKey(db, seal);
  const sessions = createSessions(db, log);
  const projects = createProjects(db, seal, { account: sessions.byBearer, operator: operatorToken(masterKey) });
  const addedRoot = join(config.dataDir, "models");
  const { models, catalogue } = await loadModels({
    db,
    roots: config.modelDirs,
    enabled: config.enableModels,
    addedRoot,
    log,
  });
  const credentials = await firstRun(db, projects, { credit: config.firstCredit, keep: config.onFirstRun });
  if (db.kind === "sqlite") {
    await db.write(async (tx) => {
      await clampLeases(tx);
      await dropClaims(tx);
    });
  }

  const stats = await createModelStats(db, log);
  const keys = forgetKeysNowAndThen(db, log);
  const sweeper = sweepFiles({ db, blobs, log });
  const registry = createRegistry();
  const workerTokens = await openWorkerTokens({ db, bus, registry, dataDir: config.dataDir, log });
  const mail = createMail({ db, seal, smtpUrl: config.smtpUrl, from: config.mailFrom, log });
  const spendCaps = createSpendCaps({ db, mail, log, call: (tx, notice) => oweNotice(tx, bus, notice) });
  const turns = await loadTurns(db);
  const pauses = await createSwitches({ db, bus, kind: "pause", log });
  const cordons = await createSwitches({ db, bus, kind: "cordon", log });
  const { overLimit, keepFilesDays } = config;
  const meter = createMeter();
  const tracing = await startTracing({
    endpoint: config.otlpEndpoint,
    service: "modelyard-server",
    release: config.release,
    onFailure: (message) => log(`traces: ${message}`, { level: "warn" }),
  });
  const traces = createTaskTraces(tracing);
  const publishers = await createPublishers({ db, models, log });
  const lifecycle = { db, bus, models, stats, overLimit, keepFilesDays, meter, publishers };
  const tasks = createTasks({ ...lifecycle, projects, blobs, spendCaps, turns, pauses, workers: registry.all });
  const dispatcher = createDispatcher({ ...lifecycle, registry, turns, pauses, traces, log });
  const apps = createAppDriver({ ...lifecycle, turns, pauses, log });
  const gateway = createGateway({ ...lifecycle, registry, dispatcher, cordons, traces, log });
  const webhooks = createWebhooks({ db, bus, seal });
  const realtime = createRealtime({ db, bus, tasks, log });

  const origin = filesOrigin(config.filesUrl);
  const limits = createLimits({ on: config.rateLimits, runRate: config.runRate });
  const app = createApp({
    publicUrl: config.publicUrl,
    trustedProxies: config.trustedProxies,
    files: origin,
    refusals: limits.refusals,
    meter,
    log,
  });
  let ready = false;
  metricsRoutes(app, {
    db,
    meter,
    registry,
    isReady: () => ready,
    token: config.metricsToken,
    isPublic: config.publicUrl !== undefined,
  });
  const pages = config.webDir === undefined ? undefined : createPages({ app, db, models, dist: config.webDir, log });
  if (pages) {
    const addresses = [config.publicUrl, config.filesUrl].filter((address) => address !== undefined);
    // A person types: code follows at most every 150 ms, and rests.
    const rate = config.rateLimits ? new Buckets({ perSecond: 4, burst: 60 }) : undefined;
    pageRoutes(app, { pages, addresses, rate, log });
  } else {
    app.get("/", (request, reply) => {
      void reply.type("text/html; charset=utf-8").send(landingPage(models.all(), request.base));
    });
  }
  const run = createRunRequest({ tasks, projects, blobs, rate: limits.runs, traces });
  taskRoutes(app, { tasks, projects, run, ended: realtime.ended });
  syncRoutes(app, { run, tasks, realtime, log });
  projectRoutes(app, { projects });
  projectManageRoutes(app, { projects, manager: createProjectManager({ db, seal, projects }) });
  const trail = createAuditTrail(db);
  const comments = createComments({ db, models, stats });
  commentRoutes(app, { projects, comments });
  const shares = createShares({ db, seal, tasks, models });
  shareRoutes(app, { projects, shares });
  const stripe = createStripePayments({ db, settings: config.stripe, log });
  const autoTopUp = createAutoTopUp({ db, stripe, mail, log });
  const creditSweep = sweepCredit(db, log);
  walletRoutes(app, { projects, wallets: createWallets({ db, models }), publishers, autoTopUp, stripe, trail });
  stripeRoutes(app, { stripe });
  const setUp = { mail: config.smtpUrl !== undefined, payments: stripe.isOn };
  const plainHttp = config.publicUrl !== undefined;
  const forget = async (tx: Tx, accountId: number) => {
    await comments.forget(tx, accountId);
    await shares.forget(tx, accountId);
  };
  const accounts = startAccounts(app, {
    db,
    blobs,
    forget,
    mail,
    projects,
    sessions,
    trail,
    setUp,
    plainHttp,
    seal,
    oidc: config.oidc,
    log,
  });
  operateRoutes(app, {
    projects,
    operations: createOperations({ db, models, registry, pauses, cordons, turns }),
    tokens: workerTokens,
  });
  webhookRoutes(app, { webhooks, tasks, projects });
  const pagesDir = join(config.dataDir, "pages");
  const explore = createExplore({ pagesDir, docsDir: config.docsDir, log });
  // What is wrong with the operator's choice is said at the start, not with the first visitor.
  await explore.chosen(models.all());
  modelRoutes(app, {
    models,
    stats,
    explore,
    readiness: (model) => readinessOf(model, registry.all()),
    isInstalled: (version) => isInstalled(registry.all(), version),
  });
  mcpRoutes(app, { log });
  modelVersionRoutes(app, { projects, versions: createModelVersions({ db, catalogue, addedRoot, pauses }) });
  const status = createStatus({ db, registry, pauses, log });
  statusRoutes(app, { status });
  documentRoutes(app, { documents: createDocuments({ docsDir: config.docsDir, pagesDir }) });
  fileRoutes(app, { files: createFiles(db), blobs, origin });
  uploadRoutes(app, {
    uploads: createUploads({ db, blobs, quota: config.storageQuota }),
    projects,
    rate: limits.uploads,
  });
  workerRoutes(app, { attempts: createAttempts(db), blobs, models, gateway });

  app.get("/openapi.json", (_request, reply) => {
    void reply.type("application/json; charset=utf-8").send(JSON.stringify(openApi()));
  });
  for (const { path } of API_ROUTES) {
    const url = path.replace(/\{(\w+)\}/g, ":$1");
    if (!app.hasRoute({ method: "POST", url }))
      throw new Error(`${path} is in the contract (routes.ts) but has no handler; register one, or take it out`);
  }

  const { publicUrl, trustedProxies } = config;
  acceptUpgrades(app.server, {
    gateway,
    realtime,
    trustedProxies,
    publicUrl,
    filesBase: origin?.base,
    rate: limits.sockets,
  });

  await app.listen({ host: config.host, port: config.port }).catch((error: unknown) => {
    throw listenFault(error, config);
  });
  const { port } = app.server.address() as AddressInfo;
  const shown = config.host === "0.0.0.0" || config.host === "::" ? "127.0.0.1" : config.host;
  const url = `http://${shown.includes(":") ? `[${shown}]` : shown}:${port}`;
  const { allowHosts } = config;
  const base = origin?.base ?? config.publicUrl ?? url;
  const deliverer = startDeliverer({ db, bus, tasks, webhooks, allowHosts, base, meter, traces, log });

  return {
    url,
    get workerToken() {
      return workerTokens.own;
    },
    onWorkerToken: workerTokens.onOwn,
    db,
    projects,
    credentials,
    markReady() {
      ready = true;
    },
    async close() {
      ready = false;
      await dispatcher.stop();
      await apps.stop();
      await deliverer.stop();
      await keys.stop();
      await accounts.stop();
      await sessions.stop();
      await spendCaps.stop();
      publishers.stop();
      await autoTopUp.stop();
      await creditSweep.stop();
      await mail.stop();
      await sweeper.stop();
      await status.stop();
      await Promise.all([gateway.close(), realtime.close()]);
      await pages?.close();
      await app.close();
      await stats.close();
      await bus.close();
      await tracing.close();
      await db.close();
    },
  };
}
