/** File systems of a test's own: root only, and only where mounting is possible. */
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import type { TestContext } from "node:test";

export function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** Why a test that mounts cannot run here, or false; the reason is also said aloud. */
export function noMounts(what: string): string | false {
  let reason = process.getuid?.() === 0 ? "" : "it takes root";
  if (reason === "") {
    try {
      run("unshare", "--mount", "true");
    } catch {
      reason = "nothing can be mounted here";
    }
  }
  if (reason === "") return false;
  process.stderr.write(`SKIPPED: ${what}: ${reason}\n`);
  return reason;
}

/** Why a test that interferes with system calls cannot run here, or false; the reason is also said aloud. */
export function noStrace(what: string): string | false {
  try {
    run("strace", "-e", "trace=none", "true");
    return false;
  } catch {
    process.stderr.write(`SKIPPED: ${what}: strace is missing, or may not trace (apt-get install strace)\n`);
    return "strace does not work here";
  }
}

/** Mounts, and unmounts when the test ends. Returns the folder. */
export function mount(t: TestContext, folder: string, ...args: string[]): string {
  mkdirSync(folder, { recursive: true });
  run("mount", ...args, folder);
  t.after(() => unmount(folder));
  return folder;
}

export function unmount(folder: string): void {
  try {
    run("umount", folder);
  } catch {
    // Not mounted (any more), or still in use for a moment: then it goes with its last user.
    try {
      run("umount", "--lazy", folder);
    } catch {
      // It was not mounted.
    }
  }
}
