import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";

const FORWARDED = ["SIGINT", "SIGTERM", "SIGHUP"];
/** Ctrl-C under npm reaches us twice, from the terminal and from npm. The child must not take that for a second, impatient one. */
const SAME_SIGNAL_MS = 250;
const PARENT_POLL_MS = 500;

/**
 * Runs a program in the foreground as if it were this process: same terminal, same signals, same exit code. Waits for
 * it however long it takes; each further signal is forwarded too.
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, ownGroup?: boolean }} [options] ownGroup keeps the terminal's
 *   Ctrl-C from reaching the program directly, beside the forwarded one
 * @returns {Promise<number>} the exit code; 128 + the signal's number where a signal ended the program
 */
export function runForeground(command, args, { env, cwd, ownGroup = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: "inherit",
      env,
      cwd,
      detached: ownGroup && process.platform !== "win32",
    });
    const last = {};
    const forward = (signal) => {
      const now = Date.now();
      if (now - (last[signal] ?? 0) < SAME_SIGNAL_MS) return;
      last[signal] = now;
      child.kill(signal);
    };
    for (const signal of FORWARDED) process.on(signal, forward);
    const stopWatching = watchNpm(() => forward("SIGTERM"));
    const settle = (done, value) => {
      stopWatching();
      for (const signal of FORWARDED) process.off(signal, forward);
      done(value);
    };
    child.on("error", (error) => settle(reject, error));
    child.on("exit", (code, signal) => settle(resolve, code ?? 128 + constants.signals[signal]));
  });
}

/**
 * Under `npm start` our parent is npm, or the shell it runs scripts with. Either one gone means that the command was
 * killed in a way that nobody could pass on (SIGTERM to npm ends that shell, SIGKILL ends npm): then we stop as well.
 */
function watchNpm(onGone) {
  if (!process.env.npm_lifecycle_event) return () => undefined;
  const parent = process.ppid;
  const grandparent = parentOf(parent);
  const timer = setInterval(() => {
    if (process.ppid === parent && parentOf(parent) === grandparent) return;
    clearInterval(timer);
    onGone();
  }, PARENT_POLL_MS);
  return () => clearInterval(timer);
}

/** Linux only (proc(5)); elsewhere a killed npm is noticed only where it is the direct parent. */
function parentOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ")[1];
  } catch {
    return undefined;
  }
}
