/** Processes that a fault test starts, and the ones those start: found by the test's own folder, ended by pid. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { PATIENCE, REPOSITORY } from "@modelyard/testing";

const MAIN = join(REPOSITORY, "packages/cli/src/main.ts");

export interface Program {
  child: ChildProcess;
  pid: number;
  output(): string;
  signal(signal: NodeJS.Signals): void;
  /** Sends the signal and waits for the end, at most `limitMs`; then KILL. */
  end(signal: NodeJS.Signals, limitMs?: number): Promise<void>;
}

export interface ProgramOptions {
  env?: NodeJS.ProcessEnv | undefined;
  /** A command that becomes the program after it has set something up (`prlimit … --`): the process keeps its id. */
  under?: readonly string[] | undefined;
}

/** `modelyard <args>`; TMPDIR points into `folder`, so that everything it starts can be told by that name. */
export function program(args: readonly string[], folder: string, options: ProgramOptions = {}): Program {
  const { env = {}, under = [] } = options;
  const [command = process.execPath, ...before] = [...under, process.execPath];
  const child = spawn(command, [...before, MAIN, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: folder, ...env },
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const gone = () => child.exitCode !== null || child.signalCode !== null;
  return {
    child,
    pid: child.pid as number,
    output: () => text,
    signal: (signal) => void child.kill(signal),
    async end(signal, limitMs = 30_000) {
      if (gone()) return;
      const exited = once(child, "exit");
      child.kill(signal);
      const timer = setTimeout(() => child.kill("SIGKILL"), limitMs);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** Waits until `condition` holds. `limitMs`: what is plenty on a quiet machine. */
export async function until(what: string, limitMs: number, condition: () => boolean | Promise<boolean>): Promise<void> {
  const limit = performance.now() + limitMs * PATIENCE;
  while (!(await condition())) {
    if (performance.now() > limit) throw new Error(`not within ${(limitMs * PATIENCE) / 1000} s: ${what}`);
    await sleep(25);
  }
}

const read = (path: string): string => {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
};

export interface FoundProcess {
  pid: number;
  ppid: number;
  command: string;
}

/** Live processes that carry `folder` in their environment or arguments. */
export function processesOf(folder: string): FoundProcess[] {
  return readdirSync("/proc").flatMap((name) => {
    const pid = Number(name);
    if (!(pid > 1) || pid === process.pid) return [];
    const command = read(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim();
    if (!command.includes(folder) && !read(`/proc/${pid}/environ`).includes(folder)) return [];
    const [state, ppid] = read(`/proc/${pid}/stat`).split(") ").at(-1)?.split(" ") ?? [];
    return state === "Z" || state === undefined ? [] : [{ pid, ppid: Number(ppid), command }];
  });
}

/**
 * Waits until none of `found` is left in `folder`; what was started there later does not count. Returns how long it took, in
 * milliseconds, for a diagnostic: the limit only tells a slow machine from a process that stays.
 */
export async function untilGone(folder: string, found: readonly FoundProcess[], limitMs = 10_000): Promise<number> {
  const from = performance.now();
  const left = () =>
    processesOf(folder).filter(({ pid, command }) => found.some((one) => one.pid === pid && one.command === command));
  await until("nothing of the killed program is left", limitMs, () => left().length === 0).catch((error: Error) => {
    throw new Error(
      `${error.message}\n${left()
        .map(({ pid, ppid, command }) => `${pid} (of ${ppid}) ${command}`)
        .join("\n")}`,
    );
  });
  return performance.now() - from;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
