/**
 * The launcher: a small process that spawns model processes for the worker and kills their trees.
 *
 * Why a process of its own: spawning copies the page tables of the parent and blocks its event loop (25 ms in a worker of 400 MB, 2 ms
 * here), and somebody must survive a SIGKILL of the worker to kill what it had started. It never sees a model's bytes: stdin, stdout and
 * stderr are FIFOs that the worker has open at their other end. (Not sockets: `> /dev/stdout` and `tee /dev/stderr` fail on a socket.)
 *
 * argv: folder of the FIFOs (removed at the end), cgroup kind to use ("auto" = the best that works).
 * Imports only node builtins and the small files beside it, because the worker starts a type-stripped copy of exactly these (launcher-copy.ts).
 */
import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { CgroupSlots } from "./cgroup-slots.ts";
import { LimitCgroups } from "./limit-cgroups.ts";
import type { CgroupKind, FromLauncher, SpawnMessage, ToLauncher } from "./protocol.ts";
import { Tree } from "./tree-kill.ts";
import { findProcesses, signalAll } from "./tree-scan.ts";

/** Same as FIFO_BATCH of protocol.ts, which is types only here. */
const FIFO_BATCH = 64;
/** A tree whose cgroup was empty is looked for once more by its marker, for a model (as root) that moved itself to another cgroup. Milliseconds. */
const SECOND_LOOK_MS = 300;
const REPORT_BYTES = 4096;

const [folder = "", wanted = "auto"] = process.argv.slice(2);
const cgroups = wanted === "none" ? null : CgroupSlots.open(wanted === "auto" ? undefined : (wanted as CgroupKind));
const limitCgroups = wanted === "none" ? null : LimitCgroups.open();
const trees = new Map<string, Tree>();
const waiting: SpawnMessage[] = [];
const ended = new Set<string>();
let fifos = 0;
/** The spawning that goes on. */
let working: Promise<void> | undefined;

function send(message: FromLauncher): void {
  // Without the callback a send to a dead worker would be an uncaught error; `disconnect` follows and does what is needed.
  if (process.connected) process.send?.(message, () => {});
}

/** Descriptors that the worker's parents leaked into the worker must not reach models: closes all but stdio and Node's own (close-on-exec). */
function closeInherited(): void {
  if (process.platform !== "linux") return;
  for (const name of fs.readdirSync("/proc/self/fd")) {
    const fd = Number(name);
    try {
      const flags = /flags:\s*([0-7]+)/.exec(fs.readFileSync(`/proc/self/fdinfo/${name}`, "utf8"))?.[1] ?? "0";
      if (fd > 2 && (Number.parseInt(flags, 8) & 0o2000000) === 0) fs.closeSync(fd);
    } catch {
      // the descriptor of the directory listing itself
    }
  }
}

/** Spawns one at a time: each needs the launcher to sit in a cgroup of its own. */
async function work(): Promise<void> {
  for (let message = waiting.shift(); message !== undefined; message = waiting.shift()) {
    if (!start(message)) continue;
    await cgroups?.advance();
    // After the move: mkfifo is born in the cgroup of the next tree and gone before that is spawned, so no killing of a tree can hit it.
    if (message.fifo + FIFO_BATCH / 2 > fifos) await makeFifos();
  }
}

function start(message: SpawnMessage): boolean {
  const { id, cwd, env, wrappers = [] } = message;
  const fail = (error: unknown, missingCwd = false): false => {
    const { code, message: text } = error as NodeJS.ErrnoException;
    send({ type: "failed", id, code: code ?? "UNKNOWN", message: text, cwd: missingCwd });
    return false;
  };
  const stdio: number[] = [];
  let report: number | undefined;
  const limits = message.limits && limitCgroups?.create(message.limits);
  try {
    // Never blocking, even when the worker died and nobody has the other ends. libuv makes 0, 1 and 2 blocking again in the child.
    const { O_RDONLY, O_WRONLY, O_NONBLOCK } = fs.constants;
    for (const end of [0, 1, 2])
      stdio.push(
        fs.openSync(path.join(folder, `${message.fifo}.${end}`), (end === 0 ? O_RDONLY : O_WRONLY) | O_NONBLOCK),
      );
    for (const file of message.files ?? []) stdio.push(fs.openSync(file, O_RDONLY));
    if (message.report === true) stdio.push((report = openNameless(`${message.fifo}.report`)));
    const command = limits?.enter(message.command) ?? message.command;
    // A session of its own: one of the ways by which the tree is found again.
    const child: ChildProcess = spawn(command[0] as string, command.slice(1), {
      cwd,
      env,
      stdio,
      detached: true,
      shell: false,
    });
    if (child.pid === undefined) {
      child.on("error", (error) => fail(error, !fs.existsSync(cwd)));
      limits?.remove();
      return false;
    }
    const kept = report === undefined ? undefined : stdio.pop();
    const tree = new Tree({ id, pid: child.pid, cgroups, limits, wrappers, onEnded: (exit) => end(tree, exit, kept) });
    trees.set(id, tree);
    child.on("exit", (code, signal) => tree.exited({ code, signal }));
    send({ type: "spawned", id, pid: child.pid });
    return true;
  } catch (error) {
    limits?.remove();
    return fail(error);
  } finally {
    for (const fd of stdio) fs.closeSync(fd);
  }
}

/** A file without a name, for what a sandbox reports. */
function openNameless(name: string): number {
  const file = path.join(folder, name);
  const fd = fs.openSync(file, "w+");
  fs.rmSync(file);
  return fd;
}

/** What was reported, from the beginning; the sandbox's program writes a few lines at most. */
function readReport(fd: number | undefined): string {
  if (fd === undefined) return "";
  const buffer = Buffer.alloc(REPORT_BYTES);
  const length = fs.readSync(fd, buffer, 0, REPORT_BYTES, 0);
  fs.closeSync(fd);
  return buffer.toString("utf8", 0, length);
}

function end(tree: Tree, exit: { code: number | null; signal: string | null }, report: number | undefined): void {
  trees.delete(tree.id);
  const hits = tree.limits?.hits() ?? { memory: 0, processes: 0 };
  tree.limits?.remove();
  send({ type: "exit", id: tree.id, ...exit, report: readReport(report), hits });
  if (tree.cgroup === undefined) return;
  cgroups?.release(tree.cgroup);
  if (ended.size === 0) setTimeout(secondLook, SECOND_LOOK_MS);
  ended.add(tree.id);
}

function secondLook(): void {
  signalAll(findProcesses(ended), "SIGKILL");
  ended.clear();
}

/** Node cannot create FIFOs, so `mkfifo` (coreutils, BusyBox, macOS) makes them in batches, away from any run's path. Readable by all inside a private folder: a sandboxed model with another uid may reopen /dev/stdout. */
function makeFifos(): Promise<void> {
  const names = Array.from({ length: FIFO_BATCH * 3 }, (_, index) => `${fifos + Math.floor(index / 3)}.${index % 3}`);
  return new Promise((resolve, reject) => {
    const child = spawn("mkfifo", ["-m", "666", "--", ...names], {
      cwd: folder,
      stdio: "ignore",
    });
    child.on("error", reject);
    child.on("exit", (code) => {
      if (code !== 0) return reject(new Error(`mkfifo in ${folder} ended with ${code}`));
      fifos += FIFO_BATCH;
      send({ type: "fifos", upTo: fifos });
      resolve();
    });
  });
}

async function shutDown(): Promise<void> {
  waiting.length = 0;
  await Promise.all([...trees.values()].map((tree) => tree.kill()));
  secondLook();
  await working;
  cgroups?.close();
  limitCgroups?.close();
  fs.rmSync(folder, { recursive: true, force: true });
  process.exit(0);
}

closeInherited();
// The worker decides when to end (it closes the channel); a Ctrl-C or a service manager's TERM to the whole group must not come first.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
process.on("disconnect", () => void shutDown());
process.on("message", (message: ToLauncher) => {
  if (message.type === "stop") {
    trees.get(message.id)?.stop(message.graceMs);
    return;
  }
  waiting.push(message);
  working ??= work().finally(() => {
    working = undefined;
  });
});
await makeFifos();
send({
  type: "hello",
  cgroup: cgroups?.home ?? null,
  controllers: limitCgroups?.controllers ?? [],
  limitHomes: limitCgroups?.homes ?? [],
});
if (!process.connected) void shutDown();
