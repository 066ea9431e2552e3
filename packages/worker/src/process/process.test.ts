import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { after, describe, it } from "node:test";
import { chooseIsolation } from "../isolation/choose.ts";
import { createNone } from "../isolation/none.ts";
import type { Sandbox } from "../isolation/sandbox.ts";
import { alive, FIXTURES, isAlive, killTagged, newTag, testFolder, until } from "../runners/fixtures/support.ts";
import { createProcesses, PlatformFault, type Processes, type ProcessHandle, ProgramError } from "./index.ts";
import type { CgroupKind } from "./protocol.ts";

/** On machines that others share all takes longer; what is not done at all takes for ever. */
const SHARED = 3;

const VICIOUS = path.join(FIXTURES, "vicious.sh");
const PATH = "/usr/local/bin:/usr/bin:/bin";

/** The kinds of cgroups this machine has; "none" always works. */
async function kinds(): Promise<CgroupKind[]> {
  const found: CgroupKind[] = [];
  for (const kind of ["v2", "v1", "none"] as const) {
    const processes = createProcesses({ cgroups: kind });
    if ((await processes.info()).cgroups === kind) found.push(kind);
    await processes.close();
  }
  return found;
}

async function read(
  child: ProcessHandle,
): Promise<{ out: string; err: string; code: number | null; signal: string | null }> {
  const text = { out: "", err: "" };
  child.stdout.on("data", (chunk) => (text.out += chunk));
  child.stderr.on("data", (chunk) => (text.err += chunk));
  const { code, signal } = await child.exited;
  return { code, signal, ...text };
}

function cgroupsOf(pid: number): string[] {
  const roots = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/freezer"].filter((dir) =>
    fs.existsSync(dir),
  );
  return roots
    .flatMap((dir) => fs.readdirSync(dir))
    .filter((name) => name.startsWith("modelyard-") && name.split("-")[2] === String(pid));
}

/** Of the isolations that work here the first and cheapest, and none: the promises are the same with both. */
const confining = await chooseIsolation("auto", { controllers: [] });
after(() => confining.close());
const isolations = confining.kind === "none" ? [confining] : [createNone("test"), confining];
if (confining.kind === "none") console.error(`SKIPPED: processes in a sandbox: ${confining.text}`);
const sandbox: Sandbox = {
  readOnly: [FIXTURES],
  writable: [],
  sealed: [],
  owned: [],
  gpus: [],
  network: false,
  limits: { memory: 512 * 2 ** 20, processes: 200, cpus: 2, file: 2 ** 20 },
};
const matrix = (await kinds()).flatMap((kind) => isolations.map((isolation) => ({ kind, isolation })));

for (const { kind, isolation } of matrix) {
  describe(`processes, cgroups: ${kind}, isolation: ${isolation.kind}`, { skip: process.platform !== "linux" }, () => {
    const tmpDir = testFolder();
    const processes: Processes = createProcesses({ cgroups: kind, tmpDir, isolation });
    const start = (command: string[], cwd = "/tmp") => processes.spawnProcess({ command, cwd, env: { PATH }, sandbox });
    const sh = (script: string, ...args: string[]) => start(["sh", "-c", script, "sh", ...args]);
    // In mode "none" a daemon that clears its environment and outlives its parent cannot be found: documented in docs and here. A PID namespace holds it.
    const all = (mode: string): string => (kind === "none" && isolation.kind === "none" ? `${mode}-env` : mode);
    after(async () => {
      const { launcherPid } = await processes.info();
      await processes.close();
      // The isolation's folder of the worker that was killed stays; an agent's lies in its data folder, which the next one clears.
      const left = fs.readdirSync(tmpDir).filter((name) => !name.startsWith("modelyard-isolation-"));
      assert.deepEqual(left, [], "the launcher's folder is removed");
      assert.deepEqual(cgroupsOf(launcherPid), [], "its cgroups are removed");
      fs.rmSync(tmpDir, { recursive: true });
    });

    it("hands stdin, stdout, stderr and the exit code through", async () => {
      const child = await sh("cat; echo err >&2; exit 3");
      child.stdin.end("hello");
      assert.deepEqual(await read(child), { out: "hello", err: "err\n", code: 3, signal: null });
      assert.equal((await read(await sh("kill -SEGV $$"))).signal, "SIGSEGV");
    });

    it("gives the process only its own environment, descriptors and pipes that can be reopened", async () => {
      const child = await sh(
        "env; ls /proc/$$/fd; echo again > /dev/stdout; grep flags /proc/$$/fdinfo/0 /proc/$$/fdinfo/1",
      );
      const { out } = await read(child);
      const names = out
        .split("\n")
        .filter((line) => line.includes("="))
        .map((line) => line.split("=")[0]);
      assert.deepEqual(names.sort(), ["MODELYARD_TREE", "PATH", "PWD"]);
      assert.deepEqual(out.match(/^\d+$/gm), ["0", "1", "2"]);
      assert.match(out, /again/);
      assert.doesNotMatch(out, /flags:\s*\d*[4-7]\d{3}$/m, "not O_NONBLOCK");
    });

    it("survives a process that does not read its stdin", async () => {
      const child = await sh("exec 0<&-; sleep 0.1; exit 0");
      child.stdin.end(Buffer.alloc(1024 * 1024));
      assert.equal((await read(child)).code, 0);
    });

    it("tells the model's faults from the machine's", async () => {
      const attempt = async (command: string[], cwd?: string) => read(await start(command, cwd));
      await assert.rejects(
        attempt(["no-such-program"]),
        (error: ProgramError) =>
          error instanceof ProgramError &&
          error.message === "no-such-program: program not found" &&
          error.exitCode === 127,
      );
      await assert.rejects(
        attempt([path.join(FIXTURES, "support.ts")]),
        (error: ProgramError) => error instanceof ProgramError && error.exitCode === 126,
      );
      await assert.rejects(attempt(["true"], "/no/such/folder"), PlatformFault);
    });

    it("leaves nothing behind when a model daemonises children and exits 0, holding stdout open", async (t) => {
      const tag = newTag();
      t.after(() => killTagged(tag));
      const child = await start([VICIOUS, tag, all("exit")]);
      const { out, code } = await read(child);
      assert.deepEqual({ out, code }, { out: "started\n", code: 0 });
      assert.deepEqual(alive(tag), []);
    });

    it("stop: kills everything that ignores TERM, and says so only when it is dead", async (t) => {
      const tag = newTag();
      t.after(() => killTagged(tag));
      const child = await start([VICIOUS, tag, all("stay")]);
      child.stderr.resume();
      await once(child.stdout, "data");
      child.stdout.resume();
      assert.ok(alive(tag).length >= 4, "the fixture is alive");
      await child.stop(300);
      assert.deepEqual(alive(tag), []);
    });

    it("stop: the default grace ends within 7 s (T7)", { skip: kind !== "v2" && kind !== "none" }, async (t) => {
      const tag = newTag();
      t.after(() => killTagged(tag));
      const child = await start([VICIOUS, tag, all("stay")]);
      child.stderr.resume();
      await once(child.stdout, "data");
      child.stdout.resume();
      const began = performance.now();
      await child.stop();
      assert.deepEqual(alive(tag), []);
      assert.ok(performance.now() - began <= SHARED * 7000);
    });

    it("stop: a model that heeds TERM is dead within 1 s and may say goodbye (T7)", async (t) => {
      const tag = newTag();
      t.after(() => killTagged(tag));
      const child = await sh('trap "echo bye; exit 9" TERM; echo up; sleep 86400.$1 & wait', tag);
      const result = read(child);
      await once(child.stdout, "data");
      const began = performance.now();
      await child.stop();
      assert.ok(performance.now() - began <= SHARED * 1000);
      assert.deepEqual(await result, { out: "up\nbye\n", err: "", code: 9, signal: null });
      assert.deepEqual(alive(tag), []);
    });

    it("stop: reaches a stopped (SIGSTOP) process, and one that just started", async () => {
      const stopped = await sh("kill -STOP $$");
      void read(stopped);
      await stopped.stop();
      const fresh = await sh("sleep 100");
      void read(fresh);
      await fresh.stop(0);
      assert.equal((await fresh.exited).signal, "SIGKILL");
    });

    it("runs many at once", async () => {
      const results = await Promise.all(
        Array.from({ length: 100 }, async (_, index) => read(await sh("echo $1", String(index)))),
      );
      assert.deepEqual(
        results.map(({ out }) => Number(out)),
        Array.from({ length: 100 }, (_, index) => index),
      );
    });

    it("launcher killed: its trees die, their runs fail as a platform fault, the next spawn works", async (t) => {
      const tag = newTag();
      t.after(() => killTagged(tag));
      const { launcherPid } = await processes.info();
      const child = await start([VICIOUS, tag, all("stay")]);
      child.stderr.resume();
      await once(child.stdout, "data");
      child.stdout.resume();
      process.kill(launcherPid, "SIGKILL");
      await assert.rejects(child.exited, PlatformFault);
      assert.deepEqual(alive(tag), []);
      assert.deepEqual(cgroupsOf(launcherPid), []);
      assert.equal((await read(await sh("echo back"))).out, "back\n");
    });

    it("worker killed: nothing of a task is alive 1 s later, and the launcher is gone (T6)", async (t) => {
      const tag = newTag();
      t.after(() => killTagged(tag));
      const worker = spawn(
        process.execPath,
        [path.join(FIXTURES, "mini-worker.ts"), kind, isolation.kind, "/tmp", VICIOUS, tag, all("stay")],
        {
          stdio: ["ignore", "pipe", "inherit"],
          env: { ...process.env, TMPDIR: tmpDir },
        },
      );
      let out = "";
      worker.stdout.on("data", (chunk) => (out += chunk));
      await until("the mini worker's model runs", 20_000, () => out.includes("started"));
      assert.ok(alive(tag).length >= 4, "the fixture is alive");
      const launcherPid = Number(/launcher (\d+)/.exec(out)?.[1]);
      worker.kill("SIGKILL");
      await once(worker, "exit");
      await until("everything is dead", 1000, () => alive(tag).length === 0);
      await until("the launcher is gone", 1000, () => !isAlive(launcherPid));
      assert.deepEqual(cgroupsOf(launcherPid), []);
    });
  });
}

describe("abandoned cgroups", { skip: process.platform !== "linux" }, () => {
  it("worker and launcher killed together: the next launcher removes what they left, processes included", async (t) => {
    const probe = createProcesses({ cgroups: "v2" });
    const { cgroups } = await probe.info();
    await probe.close();
    if (cgroups !== "v2") return t.skip("no writable v2 cgroups");
    const tmpDir = testFolder();
    const tag = newTag();
    t.after(() => killTagged(tag));
    const worker = spawn(
      process.execPath,
      [path.join(FIXTURES, "mini-worker.ts"), "v2", "none", "/tmp", VICIOUS, tag, "stay"],
      {
        stdio: ["ignore", "pipe", "inherit"],
        env: { ...process.env, TMPDIR: tmpDir },
      },
    );
    let out = "";
    worker.stdout.on("data", (chunk) => (out += chunk));
    await until("the mini worker's model runs", 20_000, () => out.includes("started"));
    const launcherPid = Number(/launcher (\d+)/.exec(out)?.[1]);
    process.kill(launcherPid, "SIGSTOP"); // so that it cannot act between the two signals
    worker.kill("SIGKILL");
    process.kill(launcherPid, "SIGKILL");
    await until("the launcher is gone", 2000, () => !isAlive(launcherPid));
    assert.ok(alive(tag).length > 0);
    const processes = createProcesses({ cgroups: "v2" });
    await processes.info();
    await until("the leftovers are dead", 1000, () => alive(tag).length === 0).finally(() => processes.close());
    const next = createProcesses({ cgroups: "v2" });
    await next.info();
    assert.deepEqual(cgroupsOf(launcherPid), []);
    await next.close();
    fs.rmSync(tmpDir, { recursive: true });
  });
});
