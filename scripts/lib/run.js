import { spawn } from "node:child_process";
import { existsSync } from "node:fs";

/**
 * Runs a program to its end and collects what it prints. Never throws for a failing program: look at `code`.
 * A program that cannot be started at all has code 127 and the reason as its output.
 * @param {string} command
 * @param {string[]} args
 * @param {import("node:child_process").SpawnOptions} [options]
 * @returns {Promise<{ code: number, output: string }>} output is stdout and stderr as they came
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const chunks = [];
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
    child.stdout?.on("data", (chunk) => chunks.push(chunk));
    child.stderr?.on("data", (chunk) => chunks.push(chunk));
    child.on("error", (error) => resolve({ code: 127, output: error.message }));
    child.on("close", (code) => resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString() }));
  });
}

/**
 * Ties a program's life to ours: should this process be killed outright, the kernel sends the program a signal. Linux
 * only (setpriv belongs to Debian's base system); elsewhere the program is returned as it is.
 * @param {NodeJS.Signals} signal
 * @returns {[string, string[]]} what to start instead
 */
export function tieToParent(command, args, signal = "SIGTERM") {
  const setpriv = "/usr/bin/setpriv";
  if (process.platform !== "linux" || !existsSync(setpriv)) return [command, args];
  return [setpriv, ["--pdeathsig", signal.slice("SIG".length), command, ...args]];
}

/**
 * Runs npm: the one that started this script where there is one, else the one on the PATH. It dies with us (SIGKILL,
 * because it outlives a SIGTERM): two installs in one folder delete each other's files.
 */
export function runNpm(args, options = {}) {
  const script = process.env.npm_execpath;
  if (script?.endsWith("npm-cli.js"))
    return run(...tieToParent(process.execPath, [script, ...args], "SIGKILL"), options);
  if (process.platform === "win32") return run("npm.cmd", args, { shell: true, ...options });
  return run(...tieToParent("npm", args, "SIGKILL"), options);
}
