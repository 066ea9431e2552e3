import { spawn } from "node:child_process";
import { toolEnvironment } from "../environment.ts";

/** Bytes of a tool's output that are kept for the error message. */
const TAIL = 4000;

export interface ToolResult {
  /** 0 = success; -1 when it could not be started or was stopped. */
  exitCode: number;
  stdout: string;
  /** The end of what it wrote to both streams. */
  tail: string;
}

/** Runs npm or apt-get to its end. Aborting kills its whole process group. */
export function runTool(options: {
  command: string;
  args: readonly string[];
  cwd: string;
  env?: NodeJS.ProcessEnv;
  signal: AbortSignal;
}): Promise<ToolResult> {
  const { command, args, cwd, signal } = options;
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: options.env ?? toolEnvironment(),
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let stdout = "";
    let tail = "";
    const keep = (text: string) => (tail = (tail + text).slice(-TAIL));
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout = (stdout + text).slice(-64 * 1024);
      keep(text);
    });
    child.stderr.setEncoding("utf8").on("data", keep);
    const stop = () => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        // It ended by itself in this moment.
      }
    };
    signal.addEventListener("abort", stop, { once: true });
    child.once("error", (error) => {
      signal.removeEventListener("abort", stop);
      resolve({ exitCode: -1, stdout, tail: error.message });
    });
    child.once("close", (code) => {
      signal.removeEventListener("abort", stop);
      if (signal.aborted) reject(signal.reason);
      else resolve({ exitCode: code ?? -1, stdout, tail: tail.trim() });
    });
  });
}
