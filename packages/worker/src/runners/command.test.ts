import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, describe, it } from "node:test";
import { createProcesses } from "../process/index.ts";
import { alive, FIXTURES, killTagged, model, newTag, run, testFolder } from "./fixtures/support.ts";
import { createRunners, PlatformFault } from "./index.ts";
import { TEXT_LIMIT } from "./run-output.ts";

/** On machines that others share all takes longer; what is not done at all takes for ever. */
const SHARED = 3;

const tmpDir = testFolder();
const taskDir = testFolder();
const processes = createProcesses({ tmpDir });
const runners = createRunners({ tmpDir, processes });
const runner = runners.for("command");
const sh = (script: string, ...args: string[]) =>
  model({ type: "command", command: ["sh", "-c", script, "sh", ...args] });

after(async () => {
  await runners.close();
  assert.deepEqual(fs.readdirSync(tmpDir), []);
  fs.rmdirSync(tmpDir);
  fs.rmSync(taskDir, { recursive: true });
});

describe("runner command", () => {
  it("gives inputs on stdin and a scrubbed environment, starts in the model's folder", async () => {
    process.env.MODELYARD_SECRET = "canary";
    const outputDir = path.join(taskDir, "out");
    const { spec, text } = run(sh("cat; echo; pwd; env"), {
      inputs: { prompt: "ü" },
      dir: taskDir,
      outputDir,
      gpus: [1, 3],
    });
    assert.deepEqual(await runner.run(spec), { exitCode: 0 });
    const lines = text("stdout").trim().split("\n");
    assert.equal(lines.shift(), '{"prompt":"ü"}');
    assert.equal(lines.shift(), FIXTURES);
    const env = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
    );
    assert.match(env.MODELYARD_TREE ?? "", /^[0-9a-f]{32}$/);
    delete env.MODELYARD_TREE;
    assert.deepEqual(env, {
      PATH: `${path.dirname(process.execPath)}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
      HOME: taskDir,
      TMPDIR: taskDir,
      LANG: "C.UTF-8",
      PYTHONUNBUFFERED: "1",
      WEIGHTS_DIR: path.join(FIXTURES, "weights"),
      CUDA_VISIBLE_DEVICES: "1,3",
      INPUT_JSON: path.join(taskDir, "input.json"),
      INPUT_DIR: path.join(taskDir, "in"),
      OUTPUT_DIR: outputDir,
      TASK_ID: spec.id.split(".")[0],
      PWD: FIXTURES,
    });
    delete process.env.MODELYARD_SECRET;
  });

  it("finds its program in the model's folder, by relative path and by PATH", async () => {
    fs.writeFileSync(path.join(taskDir, "local-program"), "#!/bin/sh\necho local $1\n", { mode: 0o755 });
    for (const command of [
      ["local-program", "a"],
      ["./local-program", "a"],
      ["sh", "local-program", "a"],
    ]) {
      const { spec, text } = run(model({ type: "command", command }, taskDir));
      assert.deepEqual(await runner.run(spec), { exitCode: 0 });
      assert.equal(text("stdout"), "local a\n");
    }
    const missing = await runner.run(run(model({ type: "command", command: ["no-such"] })).spec);
    assert.deepEqual(missing, { exitCode: 127, error: "no-such: program not found" });
    const { spec } = run(model({ type: "command", command: ["./no-such"] }));
    assert.deepEqual(await runner.run(spec), { exitCode: 127, error: `${FIXTURES}/no-such: program not found` });
  });

  it("reports exit codes, signals and the last words", async () => {
    assert.deepEqual(await runner.run(run(sh("echo one >&2; echo; echo 'boom ü' >&2; exit 3")).spec), {
      exitCode: 3,
      error: "one\nboom ü",
    });
    assert.deepEqual(await runner.run(run(sh("exit 4")).spec), { exitCode: 4, error: "exited with code 4" });
    assert.deepEqual(await runner.run(run(sh("kill -SEGV $$")).spec), {
      exitCode: 139,
      error: "killed by signal SIGSEGV",
    });
    assert.deepEqual(await runner.run(run(sh("echo x >&2; kill -KILL $$")).spec), {
      exitCode: 137,
      error: "killed by signal SIGKILL: x",
    });
  });

  it("turns bars, progress and tokens into structured output, in order, before it ends", async () => {
    const { spec, said } = run(
      sh(
        `echo hi; echo '{"type":"token","text":"a"}'; echo '{"type":"token","text":"b"}'; sleep 0.1; printf '\\r 45%%|##| 9/20 [00:01<00:02, 8.10it/s]' >&2; sleep 0.1; printf end`,
      ),
    );
    let starts = 0;
    spec.onStart = () => (starts += 1);
    assert.deepEqual(await runner.run(spec), { exitCode: 0 });
    assert.equal(starts, 1);
    assert.deepEqual(said, [
      { kind: "stdout", text: "hi\n" },
      { kind: "token", text: "ab", thinking: false },
      { kind: "stderr", text: "\r" },
      { kind: "progress", percentage: 45, step: 9, total: 20, speed: 8.1, speedType: "it/s", elapsed: 1, remaining: 2 },
      { kind: "stdout", text: "end" },
    ]);
  });

  it("takes a model that does not read stdin, or closes everything", async () => {
    const inputs = { text: "x".repeat(1_000_000) };
    assert.deepEqual(await runner.run(run(sh("exit 0"), { inputs }).spec), { exitCode: 0 });
    assert.deepEqual(await runner.run(run(sh("exec <&- >&- 2>&-; sleep 0.1"), { inputs }).spec), { exitCode: 0 });
  });

  it("leaves nothing of a model that daemonises and exits", async (t) => {
    const tag = newTag();
    t.after(() => killTagged(tag));
    const { info } = processes;
    const mode = (await info()).cgroups === "none" ? "exit-env" : "exit";
    assert.deepEqual(await runner.run(run(model({ type: "command", command: ["vicious.sh", tag, mode] })).spec), {
      exitCode: 0,
    });
    assert.deepEqual(alive(tag), []);
  });

  it("stops: before it starts, while it heeds TERM (1 s), while it ignores it (7 s)", async (t) => {
    const aborted = run(sh("echo no"), { signal: AbortSignal.abort("killed") });
    assert.deepEqual(await runner.run(aborted.spec), { exitCode: 143, stopped: "killed" });
    for (const [script, code, ms] of [
      ["sleep 86406.$1", 143, 1000],
      ["trap 'exit 0' TERM; echo up; sleep 86406.$1 & wait", 143, 1000],
      ["trap '' TERM; sleep 86406.$1", 137, 7000],
    ] as const) {
      const tag = newTag();
      t.after(() => killTagged(tag));
      const abort = new AbortController();
      const { spec } = run(sh(`echo up; ${script}`, tag), { signal: abort.signal });
      let abortedAt = 0;
      spec.onOutput = () => {
        abortedAt ||= performance.now();
        abort.abort("timeout");
      };
      assert.deepEqual(await runner.run(spec), { exitCode: code, stopped: "timeout" });
      assert.ok(performance.now() - abortedAt <= SHARED * ms);
      assert.deepEqual(alive(tag), []);
    }
  });

  it("fails as a platform fault when the launcher dies, and goes on with a new one", async () => {
    const { spec } = run(sh("echo up; sleep 100"));
    spec.onOutput = () =>
      void processes.info().then(
        ({ launcherPid }) => process.kill(launcherPid, "SIGKILL"),
        () => {},
      );
    await assert.rejects(runner.run(spec), PlatformFault);
    assert.deepEqual(await runner.run(run(sh("exit 0")).spec), { exitCode: 0 });
  });

  it("1 GiB of stdout: bounded memory, an event loop that is never late, 4 MiB passed on (T11)", async () => {
    for (const script of [
      "yes 'some text of a model' | head -c 1073741824",
      "head -c 1073741824 /dev/zero | tr '\\0' x",
      "yes '{' | head -c 1073741824 >&2",
    ]) {
      const { spec } = run(sh(script));
      let bytes = 0;
      spec.onOutput = (output) => {
        if ("text" in output) bytes += Buffer.byteLength(output.text);
      };
      const before = process.memoryUsage().rss;
      let peak = before;
      // How late a 5 ms timer is; time that the machine gave to other programs (no CPU of ours) does not count.
      const late: number[] = [];
      let at = performance.now();
      let cpu = process.cpuUsage();
      const watch = setInterval(() => {
        const { user, system } = process.cpuUsage(cpu);
        late.push(Math.min(performance.now() - at - 5, (user + system) / 1000));
        peak = Math.max(peak, process.memoryUsage().rss);
        at = performance.now();
        cpu = process.cpuUsage();
      }, 5);
      assert.deepEqual(await runner.run(spec), { exitCode: 0 });
      clearInterval(watch);
      late.sort((a, b) => a - b);
      const p99 = late[Math.floor(late.length * 0.99)] ?? 0;
      assert.ok(bytes <= TEXT_LIMIT + 100, `${bytes} bytes passed on`);
      assert.ok(peak - before < 200 * 1024 * 1024, `${(peak - before) / 1024 / 1024} MiB more`);
      assert.ok(p99 <= 50, `p99 of the event loop's delay: ${p99} ms`);
    }
  });
});
