/**
 * Every setting of `modelyard serve` and `modelyard worker`: a flag, or the environment variable beside it. This is the only
 * reader of the environment.
 */
import { availableParallelism, hostname } from "node:os";
import { ISOLATION_CHOICES, type IsolationChoice } from "@modelyard/worker/isolation";
import { Command, Option } from "commander";
import { LOG_FORMATS, type LogFormat } from "./log.ts";
import { address, count, folders, indexes, list, port, smtpAddress, whole } from "./setting-values.ts";

/** Where programs are looked for. */
export const searchPath = (): string => process.env.PATH ?? "";

/** git's environment: it asks nobody anything, and speaks no protocol that runs programs of somebody else's choice. */
export const gitEnvironment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  GIT_TERMINAL_PROMPT: "0",
  GIT_ASKPASS: "true",
  GIT_SSH_COMMAND: process.env.GIT_SSH_COMMAND ?? "ssh -o BatchMode=yes",
  GIT_ALLOW_PROTOCOL: "https:ssh:file",
  GIT_LFS_SKIP_SMUDGE: "1",
});

export const option = (flags: string, env: string, text: string) => new Option(flags, text).env(env);

/** Both secrets or neither: without the second one nobody would ever hear that a payment was made. */
export function stripeSettings(flags: ServeFlags) {
  const { stripeKey: secretKey, stripeWebhookSecret: webhookSecret, stripeApi: apiUrl } = flags;
  if (secretKey === undefined && webhookSecret === undefined) return undefined;
  if (secretKey === undefined || webhookSecret === undefined)
    throw new Error("--stripe-key and --stripe-webhook-secret belong together");
  return { secretKey, webhookSecret, apiUrl };
}

/** All three or none; the name is for people. */
export function oidcSettings(flags: ServeFlags) {
  const { oidcIssuer: issuer, oidcClientId: clientId, oidcClientSecret: clientSecret, oidcName } = flags;
  const given = [issuer, clientId, clientSecret].filter((value) => value !== undefined);
  if (given.length === 0) return undefined;
  if (issuer === undefined || clientId === undefined || clientSecret === undefined)
    throw new Error("--oidc-issuer, --oidc-client-id and --oidc-client-secret belong together");
  return { issuer, clientId, clientSecret, name: oidcName ?? new URL(issuer).host };
}

/** Settings of the worker program, also taken by `serve` for its built-in worker. */
export interface WorkerFlags {
  data: string;
  slots: number;
  gpus?: number[];
  weights?: string[];
  systemInstall: boolean;
  prepareMb: number;
  allowHosts?: string[];
  drainSeconds: number;
  isolation: IsolationChoice;
  allowNetwork?: string[];
  logFormat: LogFormat;
  otlpEndpoint?: string;
}

export function workerOptions(command: Command): Command {
  return command
    .addOption(
      option("--slots <n>", "MODELYARD_SLOTS", "runs at a time")
        .argParser(count)
        .default(Math.max(4, availableParallelism() * 2), "twice the cores, at least 4"),
    )
    .addOption(
      option(
        "--gpus <list>",
        "MODELYARD_GPUS",
        "GPU indexes to offer, e.g. 0,1 (default: what nvidia-smi lists)",
      ).argParser(indexes),
    )
    .addOption(
      option(
        "--weights <dir>",
        "MODELYARD_WEIGHTS",
        "folder searched for weight files before anything is downloaded; repeatable",
      ).argParser(folders),
    )
    .addOption(
      option(
        "--no-system-install",
        "MODELYARD_NO_SYSTEM_INSTALL",
        "never install the Debian packages that a model names",
      ),
    )
    .addOption(
      option(
        "--prepare-mb <n>",
        "MODELYARD_PREPARE_MB",
        "install models ahead whose weights are at most this large; 0 = only when first run",
      )
        .argParser(whole)
        .default(60),
    )
    .addOption(
      option(
        "--allow-hosts <list>",
        "MODELYARD_ALLOW_HOSTS",
        "private hosts that input addresses (and, on the server, callbacks) may point to",
      ).argParser(list),
    )
    .addOption(
      option(
        "--isolation <kind>",
        "MODELYARD_ISOLATION",
        "what confines models: auto = bubblewrap where it works, else none, said at the start",
      )
        .choices(ISOLATION_CHOICES)
        .default("auto" satisfies IsolationChoice),
    )
    .addOption(
      option(
        "--allow-network <list>",
        "MODELYARD_ALLOW_NETWORK",
        "models (owner/slug; * = all) that get the network when their manifest asks for it",
      ).argParser(list),
    )
    .addOption(
      option("--drain-seconds <n>", "MODELYARD_DRAIN_SECONDS", "how long a stop waits for running tasks")
        .argParser(whole)
        .default(20),
    )
    .addOption(
      option(
        "--log-format <kind>",
        "MODELYARD_LOG_FORMAT",
        "text, or json: one object a line, for programs that collect logs",
      )
        .choices(LOG_FORMATS)
        .default("text" satisfies LogFormat),
    )
    .addOption(
      option(
        "--otlp-endpoint <url>",
        "MODELYARD_OTLP_ENDPOINT",
        "OTLP/HTTP collector for traces, e.g. http://127.0.0.1:4318 (default: none are recorded)",
      ).argParser(address),
    );
}

export interface ServeFlags extends WorkerFlags {
  port: number;
  host: string;
  publicUrl?: string;
  database?: string;
  models?: string[];
  enableModels?: string[];
  catalogue: boolean;
  masterKey?: string;
  trustedProxies?: string[];
  storageGb: number;
  smtpUrl?: string;
  mailFrom: string;
  oidcIssuer?: string;
  oidcClientId?: string;
  oidcClientSecret?: string;
  oidcName?: string;
  stripeKey?: string;
  stripeWebhookSecret?: string;
  stripeApi?: string;
  overLimit: "reject" | "queue";
  keepFilesDays: number;
  filesUrl?: string;
  rateLimits: boolean;
  runRate: number;
  metricsToken?: string;
  worker: boolean;
}

export function serveCommand(): Command {
  const command = new Command("serve")
    .description("Run the server and, unless told otherwise, one worker.")
    .addOption(option("--port <n>", "MODELYARD_PORT", "TCP port; 0 = any free one").argParser(port).default(8787))
    .addOption(option("--host <address>", "MODELYARD_HOST", "address to listen on; 0.0.0.0 = all").default("127.0.0.1"))
    .addOption(option("--data <dir>", "MODELYARD_DATA", "folder for database, files, keys").default("data"))
    .addOption(
      option(
        "--public-url <url>",
        "MODELYARD_PUBLIC_URL",
        "base address that clients use, e.g. behind a proxy",
      ).argParser(address),
    )
    .addOption(option("--database <url>", "MODELYARD_DATABASE", "postgres://… (default: SQLite in the data folder)"))
    .addOption(option("--models <dir>", "MODELYARD_MODELS", "further folder of models; repeatable").argParser(folders))
    .addOption(option("--enable-models <list>", "MODELYARD_ENABLE_MODELS", "opt-in models to offer").argParser(list))
    .addOption(option("--no-catalogue", "MODELYARD_NO_CATALOGUE", "leave the shipped models out"))
    .addOption(
      option("--master-key <hex>", "MODELYARD_MASTER_KEY", "64 hex digits (default: master.key in the data folder)"),
    )
    .addOption(
      option(
        "--trusted-proxies <list>",
        "MODELYARD_TRUSTED_PROXIES",
        "proxies whose X-Forwarded-For is believed",
      ).argParser(list),
    )
    .addOption(
      option("--storage-gb <n>", "MODELYARD_STORAGE_GB", "GB of uploaded files that one account may keep")
        .argParser(count)
        .default(10),
    )
    .addOption(
      option(
        "--smtp-url <url>",
        "MODELYARD_SMTP_URL",
        "smtp://user:password@host:587 or smtps://… for mail (default: links wait for the operator in Admin/MailList)",
      ).argParser(smtpAddress),
    )
    .addOption(
      option("--mail-from <address>", "MODELYARD_MAIL_FROM", "sender of mail").default(
        "Modelyard <modelyard@localhost>",
      ),
    )
    .addOption(
      option("--stripe-key <key>", "MODELYARD_STRIPE_KEY", "secret key of Stripe, for payments (default: no payments)"),
    )
    .addOption(
      option(
        "--stripe-webhook-secret <secret>",
        "MODELYARD_STRIPE_WEBHOOK_SECRET",
        "secret of the Stripe webhook that sends to <public url>/hooks/stripe",
      ),
    )
    .addOption(
      option(
        "--oidc-issuer <url>",
        "MODELYARD_OIDC_ISSUER",
        "identity provider (OpenID Connect) to sign in through (default: passwords only)",
      ).argParser(address),
    )
    .addOption(option("--oidc-client-id <id>", "MODELYARD_OIDC_CLIENT_ID", "this server's client id at the provider"))
    .addOption(
      option(
        "--oidc-client-secret <secret>",
        "MODELYARD_OIDC_CLIENT_SECRET",
        "this server's client secret at the provider",
      ),
    )
    .addOption(option("--oidc-name <name>", "MODELYARD_OIDC_NAME", "what people call the provider (default: its host)"))
    .addOption(
      option("--stripe-api <url>", "MODELYARD_STRIPE_API", "another address of Stripe's API").argParser(address),
    )
    .addOption(
      option(
        "--over-limit <what>",
        "MODELYARD_OVER_LIMIT",
        "a run beyond its account's concurrency limit: refuse it (code 96), or queue it until others have ended",
      )
        .choices(["reject", "queue"])
        .default("reject"),
    )
    .addOption(
      option(
        "--keep-files-days <n>",
        "MODELYARD_KEEP_FILES_DAYS",
        "days after which an ended task's files go; 0 = never",
      )
        .argParser(whole)
        .default(0),
    )
    .addOption(
      option(
        "--files-url <url>",
        "MODELYARD_FILES_URL",
        "second origin for files alone (same server, another name), so that no output can act as the site",
      ).argParser(address),
    )
    .addOption(option("--no-rate-limits", "MODELYARD_NO_RATE_LIMITS", "slow nobody down; a proxy in front does it"))
    .addOption(
      option(
        "--run-rate <n>",
        "MODELYARD_RUN_RATE",
        "runs a second for each project, ten seconds' worth at once; 0 = no limit",
      )
        .argParser(whole)
        .default(10),
    )
    .addOption(
      option(
        "--metrics-token <token>",
        "MODELYARD_METRICS_TOKEN",
        "bearer token for /metrics (default: this machine only)",
      ),
    )
    .addOption(option("--no-worker", "MODELYARD_NO_WORKER", "run no built-in worker"));
  return workerOptions(command);
}

export interface RemoteWorkerFlags extends WorkerFlags {
  server: string;
  token: string;
  name: string;
}

export function workerCommand(): Command {
  const command = new Command("worker")
    .description("Run models for a server, on this or any other machine.")
    .addOption(
      option("--server <url>", "MODELYARD_SERVER", "the server's address").argParser(address).makeOptionMandatory(),
    )
    .addOption(
      option(
        "--token <token>",
        "MODELYARD_WORKER_TOKEN",
        "the worker token (worker-token in the server's data folder)",
      ).makeOptionMandatory(),
    )
    .addOption(
      option("--data <dir>", "MODELYARD_WORKER_DATA", "folder for installed models and running tasks").default(
        "worker-data",
      ),
    )
    .addOption(option("--name <name>", "MODELYARD_WORKER_NAME", "name shown to operators").default(hostname()));
  return workerOptions(command);
}

/**
 * The environment that a built-in worker is started with. It gets its token and none of the server's own settings: a worker holds
 * no database credentials and no master key, also not in its environment, where a model's process might look for them.
 */
export function builtInWorkerEnvironment(token: string, own: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const shared = Object.entries(own).filter(([name]) => !name.startsWith("MODELYARD_"));
  return { ...Object.fromEntries(shared), MODELYARD_WORKER_TOKEN: token };
}
