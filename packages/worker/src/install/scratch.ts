/**
 * Temporary names and their clean-up.
 *
 * Everything in the cache appears under its final name by one rename of something complete; until then it lives beside it as
 * `.tmp.<pid>.<instance>.<n><suffix>`. A worker that was killed leaves such names behind; the next one to start removes those
 * whose process is gone. A half-downloaded file (`.part`) is handed on instead: renamed back, so that the download resumes.
 */
import { randomBytes } from "node:crypto";
import { chmod, mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";

const PREFIX = ".tmp";
/** Tells this process from an earlier one with the same pid (in a container a worker's pid is often the same after a restart). */
const instance = randomBytes(4).toString("hex");
let last = 0;

export function scratchName(folder: string, suffix = ""): string {
  return join(folder, `${PREFIX}.${process.pid}.${instance}.${++last}${suffix}`);
}

/** Moves a complete folder to its final name. Where another process was faster, its result, equal by construction, stays. */
export async function publishFolder(scratch: string, final: string): Promise<void> {
  try {
    await rename(scratch, final);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
    await removeTree(scratch);
  }
}

/** Removes a folder, read-only folders inside it included. */
export async function removeTree(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true });
  } catch {
    await makeWritable(folder);
    await rm(folder, { recursive: true, force: true });
  }
}

async function makeWritable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeWritable(join(folder, entry.name));
  }
}

/** Makes the folder and clears what killed processes left in it. */
export async function openCacheFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) {
    const [, tmp, pid, owner, rest] = /^(\.tmp)\.(\d+)\.([0-9a-f]+)\.(.*)$/.exec(name) ?? [];
    if (tmp === undefined || owner === instance || (Number(pid) !== process.pid && isAlive(Number(pid)))) continue;
    const part = /^\d+\.([0-9a-f]{64}\.part)$/.exec(rest ?? "")?.[1];
    if (part) await rename(join(folder, name), join(folder, part)).catch(() => {});
    else await removeTree(join(folder, name)).catch(() => {});
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
