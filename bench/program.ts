import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface Program {
  /** The next JSON line it prints. Throws where it ends without one. */
  next(): Promise<Record<string, number | string>>;
  /** Asks it to end (SIGTERM), and gives the lines it still printed. */
  stop(): Promise<Record<string, number | string>[]>;
}

const STOP_LIMIT_MS = 15_000;
const running = new Set<ChildProcess>();

/** Starts one of the programs beside this file, with its settings as one JSON argument. Its stderr is ours. */
export function startProgram(file: string, settings: Record<string, unknown>): Program {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child = spawn(process.execPath, [path, JSON.stringify(settings)], { stdio: ["pipe", "pipe", "inherit"] });
  running.add(child);
  const exited = once(child, "exit").finally(() => running.delete(child));
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${file} ended without a result (${(await exited).join(" ")}).`);
    return JSON.parse(value);
  };
  const stop = async () => {
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT_MS);
    const rest = [];
    for (let line = await lines.next(); !line.done; line = await lines.next()) rest.push(JSON.parse(line.value));
    await exited;
    clearTimeout(timer);
    return rest;
  };
  return { next, stop };
}

/** Runs a program to its end and returns its one line. */
export async function runProgram(file: string, settings: Record<string, unknown>) {
  const program = startProgram(file, settings);
  const result = await program.next();
  await program.stop();
  return result;
}

/** For the end of a bench that failed or was interrupted. */
export function killPrograms(): void {
  for (const child of running) child.kill("SIGKILL");
}
