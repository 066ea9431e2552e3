import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { formatUsd } from "@modelyard/contract";
import { DEFAULT_CONFIG, type FirstRun, type Server, startServer } from "@modelyard/server";
import { startBuiltInWorker } from "./built-in-worker.ts";
import { isJsonLog, log, setLogFormat } from "./log.ts";
import { RELEASE } from "./release.ts";
import { oidcSettings, type ServeFlags, stripeSettings } from "./settings.ts";

const SHIPPED = fileURLToPath(new URL("../../../models", import.meta.url));
/** What the start scripts build; a server started without them may have none. */
const WEB = fileURLToPath(new URL("../../web/dist", import.meta.url));
const DOCS = fileURLToPath(new URL("../../../docs", import.meta.url));

/** Folder of the built web app; undefined where it was never built. */
export const builtWeb = (): string | undefined => (existsSync(join(WEB, "server/thread.js")) ? WEB : undefined);
const firstRunFile = (dataDir: string): string => join(dataDir, "first-run.json");

const write = (path: string, what: object): void =>
  writeFileSync(path, `${JSON.stringify(what, null, 2)}\n`, { mode: 0o600 });

/** Keeps the first account's credentials before it is stored. Without an address yet: that start has not come so far as to show them. */
export const keepCredentials =
  (dataDir: string) =>
  (made: FirstRun): void =>
    write(firstRunFile(dataDir), made);

/** What a first start kept that failed before it could show it. */
function unshown(dataDir: string): FirstRun | undefined {
  const path = firstRunFile(dataDir);
  if (!existsSync(path)) return undefined;
  const kept = JSON.parse(readFileSync(path, "utf8")) as FirstRun & { url?: string };
  return kept.url === undefined ? kept : undefined;
}

/** The credentials of the very first start, now kept with the server's address; undefined when they were shown before. */
export function keepFirstRun(server: Server, dataDir: string, base: string): FirstRun | undefined {
  const credentials = server.credentials ?? unshown(dataDir);
  if (!credentials) return undefined;
  const shown = { ...credentials, welcome: `${base}/account/Welcome?token=${credentials.welcome}` };
  write(firstRunFile(dataDir), { url: base, ...shown });
  return shown;
}

function showFirstRun(server: Server, dataDir: string, base: string): void {
  const credentials = keepFirstRun(server, dataDir, base);
  if (!credentials) return;
  const { welcome } = credentials;
  const path = firstRunFile(dataDir);
  if (isJsonLog()) {
    // A log that programs collect is no place for keys.
    log("serve", `this is the first start; keys and a link to sign in with are in ${path}`);
    return;
  }
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
  setLogFormat(flags.logFormat);
  const dataDir = resolve(flags.data);
  const server = await startServer(
    {
      host: flags.host,
      port: flags.port,
      dataDir,
      publicUrl: flags.publicUrl,
      databaseUrl: flags.database,
      modelDirs: [...(flags.catalogue ? [SHIPPED] : []), ...(flags.models ?? [])],
      enableModels: flags.enableModels ?? [],
      docsDir: existsSync(DOCS) ? DOCS : undefined,
      webDir: builtWeb(),
      masterKey: flags.masterKey,
      trustedProxies: flags.trustedProxies ?? [],
      allowHosts: flags.allowHosts ?? [],
      storageQuota: flags.storageGb * 1024 ** 3,
      smtpUrl: flags.smtpUrl,
      mailFrom: flags.mailFrom,
      stripe: stripeSettings(flags),
      oidc: oidcSettings(flags),
      overLimit: flags.overLimit,
      keepFilesDays: flags.keepFilesDays,
      filesUrl: flags.filesUrl,
      rateLimits: flags.rateLimits,
      runRate: flags.runRate,
      metricsToken: flags.metricsToken,
      otlpEndpoint: flags.otlpEndpoint,
      release: RELEASE,
      firstCredit: DEFAULT_CONFIG.firstCredit,
      onFirstRun: keepCredentials(dataDir),
    },
    (message, facts) => log("server", message, facts),
  );
  const worker = flags.worker ? startBuiltInWorker(server, flags) : undefined;
  const base = flags.publicUrl ?? server.url;
  showFirstRun(server, dataDir, base);
  server.markReady();
  if (isJsonLog()) log("serve", `Modelyard is ready at ${base}`);
  else process.stdout.write(`Modelyard is ready at ${base}\n`);

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
  // HUP: the terminal is gone, which is no reason to let go of what runs.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void stop());
}
