/** A server (and worker) in the test's own process, for suites that look at the store. */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { type Money, USD } from "@modelyard/contract";
import { type Client, createClient } from "@modelyard/sdk";
import { createAccount, DEFAULT_CONFIG, type Server, type ServerConfig, startServer } from "@modelyard/server";
import { startWorker, type Worker, type WorkerConfig } from "@modelyard/worker";
import type { TestStore } from "./databases.ts";
import { FIXTURE_MODELS, temporaryFolder } from "./folders.ts";
import { type TestVisitor, tokenIn, visitor } from "./visitor.ts";

export interface TestServer {
  server: Server;
  dataDir: string;
  /** Everything the server and its worker logged. */
  logged: string[];
  /** A client of the first start's signature or key-only project. */
  client(auth?: "signature" | "apikey"): Client;
  /** Another account with its own wallet and a key-only project. */
  account(credit: Money): Promise<{ accountId: number; projectId: number; apiKey: string; client: Client }>;
  /** The operator, signed in through the first start's link; the same browser every time. */
  operator(): Promise<TestVisitor>;
  /** A new member of that address, signed in by invitation. Password: PASSWORD. */
  member(email?: string): Promise<TestVisitor>;
  worker(options?: {
    slots?: number;
    gpus?: number[];
    drainMs?: number;
    /** Default: none, so that tests of other things do not depend on the machine. */
    isolation?: WorkerConfig["isolation"];
    allowNetwork?: string[];
  }): Promise<Worker>;
  close(): Promise<void>;
}

/** What the operator and members sign in with. */
export const PASSWORD = "a fine long one";

export async function startTestServer(store: TestStore, config: Partial<ServerConfig> = {}): Promise<TestServer> {
  const dataDir = temporaryFolder(store.kind);
  const database = await store.create();
  const logged: string[] = [];
  const log = (message: string) => void logged.push(message);
  const server = await startServer(
    {
      ...DEFAULT_CONFIG,
      port: 0,
      dataDir,
      databaseUrl: database.url,
      modelDirs: [FIXTURE_MODELS],
      firstCredit: 1000n * USD,
      rateLimits: false,
      ...config,
    },
    log,
  );
  server.markReady();
  const workers: Worker[] = [];
  let signedIn: Promise<TestVisitor> | undefined;
  const operator = () => {
    signedIn ??= (async () => {
      const browser = visitor(server.url);
      const token = server.credentials?.welcome ?? "";
      const { body } = await browser.account("Welcome", { token, email: "operator@test.example", password: PASSWORD });
      if (!body.result) throw new Error(JSON.stringify(body));
      return browser;
    })();
    return signedIn;
  };

  return {
    operator,
    async member(email = `${randomUUID()}@test.example`) {
      const { body } = await (await operator()).api("Admin/Invite", { email });
      const browser = visitor(server.url);
      const joined = await browser.account("SignUp", { email, password: PASSWORD, invitation: tokenIn(body.url) });
      if (!joined.body.account) throw new Error(JSON.stringify(joined.body));
      return browser;
    },
    server,
    dataDir,
    logged,
    client(auth = "signature") {
      const project = server.credentials?.projects.find((candidate) => candidate.auth === auth);
      if (!project) throw new Error("this server was started before");
      return createClient({ url: server.url, apiKey: project.apiKey, apiSecret: project.apiSecret });
    },
    async account(credit) {
      const { accountId, project } = await server.db.write(async (tx) => {
        const email = `${randomUUID()}@test.example`;
        const accountId = await createAccount(tx, {
          email,
          name: "Test",
          role: "member",
          credit,
          passwordHash: "none",
        });
        return { accountId, project: await server.projects.create(tx, { accountId, name: "Test", auth: "apikey" }) };
      });
      const client = createClient({ url: server.url, apiKey: project.apiKey });
      return { accountId, projectId: project.id, apiKey: project.apiKey, client };
    },
    async worker(options = {}) {
      const worker = await startWorker({
        config: {
          server: server.url,
          token: server.workerToken,
          name: "test",
          dataDir: join(dataDir, `worker-${workers.length}`),
          slots: options.slots ?? 4,
          gpus: options.gpus ?? [],
          weightsDirs: [],
          noSystemInstall: true,
          prepareBytes: 0,
          allowHosts: [],
          isolation: options.isolation ?? "none",
          otlpEndpoint: config.otlpEndpoint,
          allowNetwork: options.allowNetwork ?? [],
          drainMs: options.drainMs ?? 5_000,
        },
        release: "test",
        log,
      });
      workers.push(worker);
      return worker;
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.close()));
      await server.close();
      await database.drop();
    },
  };
}
