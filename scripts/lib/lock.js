import { mkdir, readFile, stat, unlink, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 200;
/** An owner writes its name right after creating the file; a file without one that is older than this was left by a crash. */
const UNNAMED_LIMIT_MS = 5_000;

/**
 * Runs `work` while holding a lock file that names its owner, so that commands started at the same moment do not
 * install over each other. A lock whose owner is no longer alive is taken over.
 * @template T
 * @param {string} path
 * @param {() => Promise<T>} work
 * @param {{ onWait?: (owner: string) => void }} [options] onWait is called once, when another process holds the lock
 * @returns {Promise<T>}
 */
export async function withLock(path, work, { onWait } = {}) {
  await mkdir(dirname(path), { recursive: true });
  let told = false;
  while (!(await create(path))) {
    if (await isStale(path)) {
      await removeStale(path);
      continue;
    }
    if (!told) onWait?.((await read(path))?.split(" ")[0] ?? "?");
    told = true;
    await sleep(POLL_MS);
  }
  try {
    return await work();
  } finally {
    await unlink(path).catch(() => undefined);
  }
}

async function create(path) {
  try {
    await writeFile(path, `${process.pid} ${(await startTime(process.pid)) ?? ""}\n`, { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

/** Only one process at a time judges and removes: otherwise the second would remove the lock the first has just taken. */
async function removeStale(path) {
  const takeover = `${path}.takeover`;
  if (!(await create(takeover))) {
    if (await isStale(takeover)) await unlink(takeover).catch(() => undefined);
    await sleep(POLL_MS);
    return;
  }
  try {
    if (await isStale(path)) await unlink(path).catch(() => undefined);
  } finally {
    await unlink(takeover).catch(() => undefined);
  }
}

async function isStale(path) {
  const text = await read(path);
  if (text === undefined) return false;
  const [pid, started] = text.trim().split(" ");
  if (!pid) {
    const age = await stat(path).then(
      (s) => Date.now() - s.mtimeMs,
      () => 0,
    );
    return age > UNNAMED_LIMIT_MS;
  }
  if (!isAlive(Number(pid))) return true;
  const now = await startTime(Number(pid));
  return Boolean(started && now && started !== now);
}

const read = (path) => readFile(path, "utf8").catch(() => undefined);

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Linux: when the process started, in clock ticks since boot (proc(5), stat, field 22). Tells a reused pid apart. */
async function startTime(pid) {
  const text = await read(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(")") + 2).split(" ")[19];
}
