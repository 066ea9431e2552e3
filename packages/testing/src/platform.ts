/** The program as its user starts it: a process of its own, spoken to over HTTP and WebSocket only. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Client, createClient } from "@modelyard/sdk";
import { PATIENCE } from "./calls.ts";
import { mainStore, type TestStore } from "./databases.ts";
import { FIXTURE_MODELS, REPOSITORY } from "./folders.ts";

const MAIN = join(REPOSITORY, "packages/cli/bin/modelyard.js");

export interface FirstRunFile {
  url: string;
  owner: { email: string; password: string };
  /** Address with which the operator takes the account over, once. */
  welcome: string;
  projects: { name: string; auth: "signature" | "apikey"; apiKey: string; apiSecret?: string }[];
}

export interface Platform {
  url: string;
  process: ChildProcess;
  dataDir: string;
  firstRun: FirstRunFile;
  /** Everything it printed so far. */
  output(): string;
  client(auth?: "signature" | "apikey"): Client;
  /** Sends the signal and waits for the end; resolves to the exit code (null when a signal ended it). */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts `modelyard <args>` and waits for a line that matches `ready`. */
export async function startProgram(
  args: readonly string[],
  options: { ready: RegExp; env?: NodeJS.ProcessEnv; timeoutMs?: number },
): Promise<{ child: ChildProcess; match: RegExpExecArray; output: () => string }> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...options.env },
  });
  let text = "";
  const { promise, resolve, reject } = Promise.withResolvers<RegExpExecArray>();
  const giveUp = () => {
    child.kill("SIGKILL");
    reject(new Error(`not ready in time:\n${text}`));
  };
  const timer = setTimeout(giveUp, (options.timeoutMs ?? 30_000) * PATIENCE);
  const take = (chunk: Buffer) => {
    text += chunk.toString();
    const found = options.ready.exec(text);
    if (found) resolve(found);
  };
  child.stdout?.on("data", take);
  child.stderr?.on("data", take);
  child.once("error", reject);
  child.once("exit", (code, signal) => reject(new Error(`it ended with ${signal ?? code}:\n${text}`)));
  // A timer that is left would keep the test's process for its whole length.
  const match = await promise.finally(() => clearTimeout(timer));
  return { child, match, output: () => text };
}

export async function stopProgram(child: ChildProcess, signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  child.kill(signal);
  return exited;
}

/** By data folder. They go with the tests' own PostgreSQL. */
const databases: Record<string, ReturnType<TestStore["create"]>> = {};

/** `modelyard serve` on a free port with the fixture models. `args` come last and win. */
export async function startPlatform(options: {
  dataDir: string;
  args?: readonly string[];
  env?: NodeJS.ProcessEnv;
}): Promise<Platform> {
  const { dataDir, args = [], env = {} } = options;
  const standard = [
    "serve",
    "--port",
    "0",
    "--data",
    dataDir,
    "--no-catalogue",
    "--models",
    FIXTURE_MODELS,
    "--prepare-mb",
    "0",
    "--no-rate-limits",
  ];
  // A second start on the same folder finds the same database.
  const database = (databases[dataDir] ??= mainStore().create());
  const { url: store } = await database;
  const { child, match, output } = await startProgram(
    [...standard, ...(store === undefined ? [] : ["--database", store]), ...args],
    { ready: /Modelyard is ready at (http[^\s"]+)/, env },
  );
  const url = match[1] as string;
  const firstRun = JSON.parse(readFileSync(join(dataDir, "first-run.json"), "utf8")) as FirstRunFile;
  return {
    url,
    process: child,
    dataDir,
    firstRun,
    output,
    client(auth = "signature") {
      const project = firstRun.projects.find((candidate) => candidate.auth === auth);
      return createClient({ url, apiKey: project?.apiKey ?? "", apiSecret: project?.apiSecret });
    },
    stop: (signal) => stopProgram(child, signal),
  };
}
