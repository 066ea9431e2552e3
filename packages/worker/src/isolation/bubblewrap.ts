/**
 * Driver `bubblewrap`: each model process in namespaces of its own. Measured on two cores: 10 ms more than the bare program as root,
 * 5 ms for an unprivileged worker (decision 0008).
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { Accounts, writeAccountFiles } from "./accounts.ts";
import { type BubblewrapTools, bubblewrapArguments } from "./bubblewrap-arguments.ts";
import { findProgram } from "./find-program.ts";
import type { Isolation, Verdict } from "./sandbox.ts";
import { seccompFilter } from "./seccomp-filter.ts";
import { signalName } from "./signal-name.ts";
import { gpuDevices, readSystemView } from "./system-view.ts";

export interface BubblewrapOptions {
  /** Where the driver's folder is made. */
  tmpDir?: string | undefined;
  /** What cgroups limit here. */
  controllers: readonly string[];
}

/** Throws with a sentence for the operator where something is missing; whether it works is for `probe` to find out. */
export function createBubblewrap({ tmpDir, controllers }: BubblewrapOptions): Isolation {
  const bwrap = findProgram("bwrap");
  if (bwrap === undefined)
    throw new Error("bubblewrap is not installed (on Debian or Ubuntu: apt-get install bubblewrap)");
  if (process.arch !== "x64" && process.arch !== "arm64")
    throw new Error(`there is no seccomp filter for ${process.arch} yet`);
  const folder = fs.mkdtempSync(path.join(tmpDir ?? os.tmpdir(), "modelyard-isolation-"));
  fs.chmodSync(folder, 0o755); // the accounts' files are read from inside
  const filter = path.join(folder, "seccomp.bpf");
  fs.writeFileSync(filter, seccompFilter(process.arch));
  writeAccountFiles(folder);
  const tools: BubblewrapTools = {
    bwrap,
    prlimit: findProgram("prlimit"),
    setpriv: findProgram("setpriv"),
    canDisableUserns: true,
    limitData: !controllers.includes("memory"),
    limitProcesses: !controllers.includes("pids"),
    view: readSystemView(),
    accountFolder: folder,
  };
  const accounts = process.getuid?.() === 0 && tools.setpriv !== undefined ? new Accounts() : undefined;
  return {
    kind: "bubblewrap",
    text: `models run in bubblewrap (${bwrap}), ${accounts === undefined ? "in user namespaces of the worker's account" : "each under an account of its own"}`,
    hidesNetwork: true,
    confine(program, sandbox) {
      const owner = accounts?.take();
      const command = bubblewrapArguments({ tools, program, sandbox, owner, devices: gpuDevices(sandbox.gpus) });
      return {
        command,
        cwd: "/",
        env: program.env,
        files: [filter],
        report: true,
        wrappers: ["bwrap"],
        owner,
        judge,
        release() {
          if (owner !== undefined) accounts?.give(owner);
        },
      };
    },
    close() {
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * bwrap writes `{"exit-code": N}` when the program had been started and ended. Without it, bwrap itself failed: a mount, a namespace.
 * A program ended by a signal is reported as 128 + its number, as a shell does.
 */
function judge({ code, signal, report }: { code: number | null; signal: string | null; report: string }): Verdict {
  if (code === null) return { kind: "ended", code, signal };
  if (!report.includes('"exit-code"'))
    return { kind: "fault", reason: `the sandbox could not be set up (code ${code})` };
  const name = code > 128 ? signalName(code - 128) : undefined;
  return name === undefined ? { kind: "ended", code, signal } : { kind: "ended", code: null, signal: name };
}
