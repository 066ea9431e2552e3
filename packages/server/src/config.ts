/** The server's settings. The command line fills them in (cli); nothing else reads the environment. */
import { type Money, USD } from "@modelyard/contract";
import type { FirstRun } from "./accounts/service.ts";
import type { OidcSettings } from "./accounts/service-oidc.ts";
import type { StripeSettings } from "./ledger/service-stripe.ts";

export interface ServerConfig {
  /** Address to listen on. 127.0.0.1 by default: a first start on a laptop is nobody else's business. */
  host: string;
  /** TCP port; 0 = any free one. */
  port: number;
  /** Folder of everything the embedded default keeps: database, files, master key, first-run.json. */
  dataDir: string;
  /** Base address that clients use, when it is not the one they connect to (a proxy, TLS). No slash at the end. */
  publicUrl: string | undefined;
  /** postgres:// address; undefined = SQLite in dataDir. */
  databaseUrl: string | undefined;
  /** Folders of models, later ones win over earlier ones. */
  modelDirs: readonly string[];
  /** Models (owner/slug) that are there only because the operator names them (`optIn` in their manifests). */
  enableModels: readonly string[];
  /** 64 hex digits; undefined = dataDir/master.key. */
  masterKey: string | undefined;
  /** Proxies whose X-Forwarded-For is believed. */
  trustedProxies: readonly string[];
  /** Bytes of uploaded files that one account may keep. */
  storageQuota: number;
  /** Private hosts (`host` or `host:port`) that callbacks may go to. */
  allowHosts: readonly string[];
  /** smtp:// or smtps:// address for mail, with credentials; undefined = links go to the operator (Admin/MailList). */
  smtpUrl: string | undefined;
  /** Sender of mail. */
  mailFrom: string;
  /** Payments through Stripe Checkout; undefined = none. */
  stripe: StripeSettings | undefined;
  /** Signing in through an identity provider (OpenID Connect); undefined = with passwords only. */
  oidc: OidcSettings | undefined;
  /** Whether a run beyond its account's concurrency limit is refused (code 96) or queued until others have ended. */
  overLimit: "reject" | "queue";
  /** Days after its end for which a task's files are kept; 0 = until somebody deletes them. */
  keepFilesDays: number;
  /** Base address of a second origin that serves files and nothing else, no slash at the end; undefined = the API's own. */
  filesUrl: string | undefined;
  /** Whether senders are slowed down at all (http/rates.ts); off where a proxy in front does it. */
  rateLimits: boolean;
  /** Runs a second for each project, over time; ten seconds' worth may come at once. 0 = no limit. */
  runRate: number;
  /** Bearer token for `/metrics`; undefined = only this machine may read them. */
  metricsToken: string | undefined;
  /** Folder of the built web app; undefined = only the API, and a plain page that says so. */
  webDir: string | undefined;
  /** Folder of the documentation and of the pages that an operator has not written yet; undefined = none is shown. */
  docsDir: string | undefined;
  /** Base address of an OTLP/HTTP collector for traces; undefined = none are recorded. */
  otlpEndpoint: string | undefined;
  /** Of the program, for traces. */
  release: string;
  /** Play money in the first account's wallet. */
  firstCredit: Money;
  /** Is given the first account's credentials before it is committed; they can be had only now. What it throws stops the start. */
  onFirstRun?: (made: FirstRun) => void;
}

export const DEFAULT_CONFIG: ServerConfig = {
  host: "127.0.0.1",
  port: 8787,
  dataDir: "data",
  publicUrl: undefined,
  databaseUrl: undefined,
  modelDirs: [],
  enableModels: [],
  masterKey: undefined,
  trustedProxies: [],
  allowHosts: [],
  storageQuota: 10 * 1024 ** 3,
  smtpUrl: undefined,
  stripe: undefined,
  oidc: undefined,
  mailFrom: "Modelyard <modelyard@localhost>",
  overLimit: "reject",
  keepFilesDays: 0,
  filesUrl: undefined,
  rateLimits: true,
  runRate: 10,
  metricsToken: undefined,
  webDir: undefined,
  docsDir: undefined,
  otlpEndpoint: undefined,
  release: "unknown",
  firstCredit: 1000n * USD,
};
