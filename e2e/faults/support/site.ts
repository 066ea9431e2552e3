/** A server on one port and one data folder that is killed, stopped and started again, with workers of its own or beside it. */
import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { TaskEvent, TaskStatus } from "@modelyard/contract";
import { type Client, createClient } from "@modelyard/sdk";
import { audit } from "@modelyard/server";
import { openDatabase } from "@modelyard/server/parts";
import { type FirstRunFile, temporaryFolder } from "@modelyard/testing";
import { freePort, type Program, type ProgramOptions, processesOf, program, until } from "./programs.ts";

const MODELS = fileURLToPath(new URL("../models", import.meta.url));

export interface SiteOptions {
  /** Runs at a time of the built-in worker; 0 = none. */
  builtIn?: number;
  databaseUrl?: string;
  /** Where the server keeps its data; default: a folder inside the site's own. */
  dataDir?: string;
  /** Further arguments of `serve`. */
  args?: readonly string[];
  /** How the server's process is started. */
  server?: ProgramOptions;
}

/** A task as the store has it in the end. */
export interface EndedTask {
  id: string;
  status: TaskStatus;
  pexit: string;
  attempts: number;
  captures: number;
  events: TaskEvent[];
}

export class Site {
  /** Everything of this site lies in here; the name is in the environment of all its processes. */
  readonly folder: string;
  readonly dataDir: string;
  readonly url: string;
  server: Program | undefined;
  readonly workers: Program[] = [];
  /** The test is over. */
  closed = false;
  readonly #port: number;
  readonly #options: SiteOptions;
  #firstRun: FirstRunFile | undefined;

  private constructor(folder: string, port: number, options: SiteOptions) {
    this.folder = folder;
    this.dataDir = options.dataDir ?? join(folder, "data");
    this.url = `http://127.0.0.1:${port}`;
    this.#port = port;
    this.#options = options;
  }

  /** A running site that leaves nothing behind when the test ends. */
  static async start(t: TestContext, options: SiteOptions = {}): Promise<Site> {
    const site = new Site(temporaryFolder("fault"), await freePort(), options);
    t.after(() => site.close());
    await site.startServer();
    return site;
  }

  async startServer(): Promise<void> {
    const { builtIn = 0, databaseUrl } = this.#options;
    const args = [
      "serve",
      `--port=${this.#port}`,
      `--data=${this.dataDir}`,
      "--no-catalogue",
      `--models=${MODELS}`,
      "--prepare-mb=0",
    ];
    if (databaseUrl) args.push(`--database=${databaseUrl}`);
    args.push(builtIn > 0 ? `--slots=${builtIn}` : "--no-worker");
    args.push(...(this.#options.args ?? []));
    const server = program(args, this.folder, this.#options.server);
    this.server = server;
    await until("the server is ready", 60_000, () => {
      if (server.child.exitCode !== null) throw new Error(`the server ended:\n${server.output()}`);
      return server.output().includes("Modelyard is ready at");
    });
    this.#firstRun ??= JSON.parse(readFileSync(join(this.dataDir, "first-run.json"), "utf8")) as FirstRunFile;
  }

  /** A worker program of its own, connected. */
  async worker(
    name: string,
    slots: number,
    options: { drainSeconds?: number; server?: string; env?: NodeJS.ProcessEnv } = {},
  ): Promise<Program & { dir: string }> {
    const dir = join(this.folder, `worker-${name}`);
    await mkdir(dir, { recursive: true });
    const token = readFileSync(join(this.dataDir, "worker-token"), "utf8").trim();
    const { drainSeconds = 20 } = options;
    const args = [
      "worker",
      `--server=${options.server ?? this.url}`,
      `--data=${dir}`,
      `--name=${name}`,
      `--slots=${slots}`,
      "--gpus=",
      "--prepare-mb=0",
      `--drain-seconds=${drainSeconds}`,
    ];
    const seen = this.#connections(name);
    const worker = program(args, dir, { env: { ...options.env, MODELYARD_WORKER_TOKEN: token } });
    this.workers.push(worker);
    await until(`worker ${name} is connected`, 60_000, () => this.#connections(name) > seen);
    return { ...worker, dir };
  }

  #connections(name: string): number {
    return this.server?.output().split(`worker ${name} connected`).length ?? 0;
  }

  /** The process of the built-in worker, once there is one. */
  async builtIn(): Promise<number> {
    let pid: number | undefined;
    await until("the built-in worker runs", 90_000, () => {
      pid = processesOf(this.folder).find(
        ({ ppid, command }) => ppid === this.server?.pid && command.includes(" worker "),
      )?.pid;
      return pid !== undefined;
    });
    return pid as number;
  }

  client(): Client {
    const project = this.#firstRun?.projects.find(({ auth }) => auth === "apikey");
    return createClient({ url: this.url, apiKey: project?.apiKey ?? "" });
  }

  /** Ends all processes and asks the auditor. Returns the tasks as they are in the store, steps of apps left out. */
  async verdict(acked: Iterable<string>, options: { dataDir?: string; terminal?: boolean } = {}): Promise<EndedTask[]> {
    const { dataDir = this.dataDir, terminal = true } = options;
    await this.stop();
    const db = await openDatabase({ url: this.#options.databaseUrl, dataDir });
    try {
      assert.deepEqual(await audit(db), [], "the auditor finds nothing");
      const rows = await db.all<Omit<EndedTask, "events">>(
        `select cast(id as text) as id, status, pexit, attempts,
           (select count(*) from ledger_transfer l where l.task_id = task.id and l.kind = 'capture') as captures from task where parent_id = 0 order by task.id`,
        [],
      );
      const logs = await db.all<{ id: string; events: string }>(
        "select cast(task_id as text) as id, events from task_event order by task_id, seq",
        [],
      );
      const byTask = Map.groupBy(logs, ({ id }) => id);
      const tasks = rows.map((row) => ({
        ...row,
        events: (byTask.get(row.id) ?? []).flatMap(({ events }) => JSON.parse(events) as TaskEvent[]),
      }));
      const known = new Map(tasks.map((task) => [task.id, task]));
      for (const id of acked) {
        const task = known.get(id);
        assert.ok(task, `task ${id} was acknowledged and is lost`);
        if (terminal) assert.match(task.status, /^task_(postprocess_end|cancel)$/, `task ${id} has not ended`);
      }
      for (const task of tasks) {
        assert.ok(task.attempts <= 3, `task ${task.id} was attempted ${task.attempts} times`);
        assert.equal(
          task.captures,
          task.status === "task_postprocess_end" && task.pexit === "0" ? 1 : 0,
          `captures of task ${task.id}`,
        );
      }
      return tasks;
    } finally {
      await db.close();
    }
  }

  /** All programs, the workers first, as an operator would. */
  async stop(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.end("SIGTERM")));
    await this.server?.end("SIGTERM");
    await until("nothing is left of the site", 10_000, () => processesOf(this.folder).length === 0).catch(
      (error: Error) => {
        throw new Error(
          `${error.message}\n${processesOf(this.folder)
            .map(({ pid, command }) => `${pid} ${command}`)
            .join("\n")}`,
        );
      },
    );
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const { pid } of processesOf(this.folder)) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // it ended by itself meanwhile
      }
    }
    await until("everything is dead", 10_000, () => processesOf(this.folder).length === 0);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
