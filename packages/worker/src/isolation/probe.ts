/** Whether a driver works on this machine: by running a program in it once (10 to 40 ms) and looking at what it sees. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Isolation } from "./sandbox.ts";

const LIMIT_MS = 10_000;
/** Says its account, whether `$1` can be read, and its network namespace. */
const LOOK = 'id -u; if [ -e "$1" ]; then echo visible; else echo hidden; fi; readlink /proc/self/ns/net';

/** Undefined when it works, else why not, in a sentence for the operator. */
export async function probe(isolation: Isolation): Promise<string | undefined> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "modelyard-probe-"));
  const files: number[] = [];
  try {
    const confined = isolation.confine(
      { command: ["/bin/sh", "-c", LOOK, "sh", folder], cwd: "/", env: { PATH: "/usr/bin:/bin" } },
      {
        readOnly: [],
        writable: [],
        sealed: [],
        owned: [],
        gpus: [],
        network: false,
        limits: { memory: 512 * 2 ** 20, processes: 64, cpus: 1, file: 2 ** 20 },
      },
    );
    const report = path.join(folder, "report");
    files.push(...confined.files.map((file) => fs.openSync(file, "r")));
    if (confined.report) files.push(fs.openSync(report, "w+"));
    const [program = "", ...rest] = confined.command;
    const child = spawn(program, rest, {
      env: confined.env,
      cwd: confined.cwd,
      stdio: ["ignore", "pipe", "pipe", ...files],
      timeout: LIMIT_MS,
      killSignal: "SIGKILL",
    });
    let out = "";
    let err = "";
    child.stdout?.on("data", (chunk) => (out += chunk));
    child.stderr?.on("data", (chunk) => (err += chunk));
    const [code] = (await once(child, "close")) as [number | null];
    confined.release();
    if (code !== 0) return err.trim().split("\n").at(-1) || `it ended with ${code ?? "a signal"}`;
    const [uid, folderSeen, network] = out.split("\n");
    if (uid === "0") return "programs in it are root";
    if (folderSeen !== "hidden") return "programs in it see the host's files";
    if (network === fs.readlinkSync("/proc/self/ns/net")) return "programs in it are in the host's network";
    return undefined;
  } catch (error) {
    return (error as Error).message;
  } finally {
    for (const file of files) fs.closeSync(file);
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
