import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { formatUsd } from "@modelyard/contract";
import { DEFAULT_CONFIG, type Server, startServer } from "@modelyard/server";
import { log } from "./log.ts";
import { builtInWorkerEnvironment, type ServeFlags, stripeSettings } from "./settings.ts";

const SHIPPED = fileURLToPath(new URL("../../../models", import.meta.url));
/** What the start scripts build; a server started without them may have none. */
const WEB = fileURLToPath(new URL("../../web/dist", import.meta.url));
const DOCS = fileURLToPath(new URL("../../../docs", import.meta.url));
const MAIN = fileURLToPath(new URL("../bin/modelyard.js", import.meta.url));
/** A built-in worker that died is started again after this long, doubling up to a minute. */
const RESTART_MS = 1_000;
const MAX_RESTART_MS = 60_000;

export interface BuiltInWorker {
  /** Lets running tasks end (or not, with `now`), then ends the process. */
  stop(now: boolean): Promise<void>;
}

function startBuiltInWorker(server: Server, flags: ServeFlags): BuiltInWorker {
  let child: ChildProcess | undefined;
  let stopped = false;
  let delay = RESTART_MS;
  let timer: NodeJS.Timeout | undefined;
  const args = [
    "worker",
    `--server=${server.url}`,
    `--data=${join(resolve(flags.data), "worker")}`,
    "--name=built-in",
    `--slots=${flags.slots}`,
    `--prepare-mb=${flags.prepareMb}`,
    `--drain-seconds=${flags.drainSeconds}`,
    ...(flags.gpus ? [`--gpus=${flags.gpus.join(",")}`] : []),
    ...(flags.weights ?? []).map((dir) => `--weights=${dir}`),
    ...(flags.allowHosts ?? []).map((host) => `--allow-hosts=${host}`),
    `--isolation=${flags.isolation}`,
    ...(flags.allowNetwork ?? []).map((model) => `--allow-network=${model}`),
    ...(flags.systemInstall ? [] : ["--no-system-install"]),
  ];

  function start(): void {
    const began = performance.now();
    child = spawn(process.execPath, [...process.execArgv, MAIN, ...args], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      env: builtInWorkerEnvironment(server.workerToken),
    });
    child.on("error", (error) => log("serve", `the worker could not be started: ${error.message}`));
    child.on("exit", (code, signal) => {
      if (stopped) return;
      if (performance.now() - began > MAX_RESTART_MS) delay = RESTART_MS;
      log("serve", `the worker ended (${signal ?? `code ${code}`}); starting it again in ${delay / 1000} s`);
      timer = setTimeout(start, delay);
      delay = Math.min(delay * 2, MAX_RESTART_MS);
    });
  }
  start();

  return {
    async stop(now) {
      stopped = true;
      clearTimeout(timer);
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const exited = new Promise((resolve) => child?.once("exit", resolve));
      if (child.connected) child.send(now ? "stop now" : "stop");
      await exited;
    },
  };
}

/** Keeps and shows the credentials of the very first start. */
function showFirstRun(server: Server, dataDir: string, base: string): void {
  const { credentials } = server;
  if (!credentials) return;
  const path = join(dataDir, "first-run.json");
  const welcome = `${base}/account/Welcome?token=${credentials.welcome}`;
  writeFileSync(path, `${JSON.stringify({ url: base, ...credentials, welcome }, null, 2)}\n`, { mode: 0o600 });
  const keyOnly = credentials.projects.find((project) => project.auth === "apikey");
  const lines = [
    "",
    `  This is the first start. An account was made for you, with $${formatUsd(DEFAULT_CONFIG.firstCredit, 2)} of play money (no real money anywhere).`,
    `  sign in    ${welcome}`,
    "             (once, within 24 hours: there you choose your e-mail address and password)",
    ...credentials.projects.flatMap((project) => [
      `  project    ${project.name} (${project.auth === "signature" ? "signed requests" : "key only"})`,
      `             key     ${project.apiKey}`,
      ...(project.apiSecret ? [`             secret  ${project.apiSecret}`] : []),
    ]),
    `  They are shown only now, and kept in ${path}`,
    "",
    "  Make the first run:",
    `    curl ${base}/v1/Run/modelyard/story-writer -H "x-api-key: ${keyOnly?.apiKey}" -F prompt="Once upon a time"`,
    `    curl ${base}/v1/Task/Detail -H "x-api-key: ${keyOnly?.apiKey}" -d '{"taskid":"1"}'`,
    "",
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

/** Runs server and worker until a signal; resolves to the exit code. */
export async function serve(flags: ServeFlags): Promise<void> {
  const dataDir = resolve(flags.data);
  const server = await startServer(
    {
      host: flags.host,
      port: flags.port,
      dataDir,
      publicUrl: flags.publicUrl,
      databaseUrl: flags.database,
      modelDirs: [...(flags.catalogue ? [SHIPPED] : []), ...(flags.models ?? [])],
      docsDir: existsSync(DOCS) ? DOCS : undefined,
      webDir: existsSync(join(WEB, "server/thread.js")) ? WEB : undefined,
      masterKey: flags.masterKey,
      trustedProxies: flags.trustedProxies ?? [],
      allowHosts: flags.allowHosts ?? [],
      storageQuota: flags.storageGb * 1024 ** 3,
      smtpUrl: flags.smtpUrl,
      mailFrom: flags.mailFrom,
      stripe: stripeSettings(flags),
      overLimit: flags.overLimit,
      keepFilesDays: flags.keepFilesDays,
      filesUrl: flags.filesUrl,
      rateLimits: flags.rateLimits,
      runRate: flags.runRate,
      metricsToken: flags.metricsToken,
      firstCredit: DEFAULT_CONFIG.firstCredit,
    },
    (message) => log("server", message),
  );
  const worker = flags.worker ? startBuiltInWorker(server, flags) : undefined;
  const base = flags.publicUrl ?? server.url;
  showFirstRun(server, dataDir, base);
  server.markReady();
  process.stdout.write(`Modelyard is ready at ${base}\n`);

  let stopping = false;
  const stop = async () => {
    if (stopping) {
      // A second signal: now.
      await worker?.stop(true);
      process.exit(1);
    }
    stopping = true;
    log("serve", "stopping: running tasks may end first (again to stop now)");
    await worker?.stop(false);
    await server.close();
    process.exit(0);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void stop());
}
