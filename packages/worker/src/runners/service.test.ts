import assert from "node:assert/strict";
import fs from "node:fs";
import { after, describe, it } from "node:test";
import { alive, killTagged, model, newTag, run, testFolder, until } from "./fixtures/support.ts";
import { createRunners, PlatformFault, type RunResult } from "./index.ts";

/** On machines that others share all takes longer; what is not done at all takes for ever. */
const SHARED = 3;

const tmpDir = testFolder();
const runners = createRunners({ tmpDir });
const runner = runners.for("service");

after(async () => {
  await runners.close();
  assert.deepEqual(fs.readdirSync(tmpDir), [], "homes and the launcher's folder are removed");
  fs.rmdirSync(tmpDir);
});

/** A model of its own (and so a process of its own) for each test; `tag` is in the process's command line. */
function service(
  options: {
    start?: string;
    concurrency?: number;
    idleSeconds?: number;
    startSeconds?: number;
    command?: string[];
  } = {},
) {
  const { start = "normal", command, ...rest } = options;
  const tag = newTag();
  const of = model({
    type: "service",
    command: command ?? ["node", "service.mjs", start, tag],
    concurrency: 1,
    idleSeconds: 60,
    ...rest,
  });
  const go = (inputs: Record<string, unknown>, more: Parameters<typeof run>[1] = {}) => {
    const one = run(of, { inputs, ...more });
    return { ...one, result: runner.run(one.spec) };
  };
  return { tag, go };
}
const pidOf = (result: RunResult): string => (result.text ?? "").split(" ")[0] ?? "";

describe("runner service", () => {
  it("serves many runs with one process, in a scrubbed environment", async () => {
    const { go, tag } = service();
    const pids = new Set<string>();
    for (let turn = 0; turn < 5; turn++) pids.add(pidOf(await go({ do: "echo", text: "ü" }).result));
    assert.equal(pids.size, 1);
    assert.equal(alive(tag).length, 1);
    const env = JSON.parse((await go({ do: "env" }).result).text ?? "{}");
    assert.deepEqual(Object.keys(env).sort(), [
      "CUDA_VISIBLE_DEVICES",
      "HOME",
      "LANG",
      "MODELYARD_TREE",
      "PATH",
      "PYTHONUNBUFFERED",
      "TMPDIR",
      "WEIGHTS_DIR",
    ]);
    assert.ok(env.HOME.startsWith(tmpDir));
  });

  it("passes on tokens, progress and logs; an error is the run's, not the process's", async () => {
    const { go } = service();
    let starts = 0;
    const tokens = go({ do: "tokens" }, { onStart: () => void (starts += 1) });
    assert.deepEqual(await tokens.result, { exitCode: 0 });
    assert.equal(starts, 1);
    assert.deepEqual(tokens.said, [
      { kind: "token", text: "a", thinking: true },
      { kind: "token", text: "bcd", thinking: false },
      { kind: "progress", percentage: 50, step: 1, total: 2 },
      { kind: "stderr", text: "careful\n" },
    ]);
    const before = pidOf(await go({ do: "echo" }).result);
    assert.deepEqual(await go({ do: "fail" }).result, { exitCode: 1, error: "bad prompt" });
    assert.equal(pidOf(await go({ do: "echo" }).result), before);
  });

  it("fails a run whose last line is too long or wrong, at once, and gives its place to the next", async () => {
    const { go } = service();
    const before = pidOf(await go({ do: "echo" }).result);
    const long = go({ do: "long" }).result;
    const next = go({ do: "echo" }).result;
    assert.match((await long).error ?? "", /"done" is longer than a line may be \(1 MiB\)/);
    assert.equal(pidOf(await next), before);
    assert.equal((await go({ do: "wordy" }).result).error, "bad ".repeat(1000));
    const wrong = await go({ do: "wrong" }).result;
    assert.equal(wrong.exitCode, 1);
    assert.match(wrong.error ?? "", /"done" is not one: .*"text":5/);
  });

  it("violations of the protocol are log lines or nothing", async () => {
    const { go } = service();
    const rubbish = go({ do: "rubbish" });
    assert.deepEqual(await rubbish.result, { exitCode: 0 });
    const text = rubbish.text("stdout");
    assert.ok(text.startsWith('plain words\n{not json\n[1]\n{"type":"unknown"}\nyyyy'));
    assert.ok(text.endsWith("y [line cut at 1 MiB]\n"));
    assert.equal(rubbish.text("token"), "");
  });

  it("gives a process as many runs as it takes, the others wait; separate GPUs have separate processes", async () => {
    const { go, tag } = service({ concurrency: 2 });
    let started = 0;
    const onStart = () => void (started += 1);
    const all = Array.from({ length: 5 }, () => go({ do: "later", ms: 150 }, { onStart }).result);
    await until("two runs started", 10_000, () => started > 0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(started, 2);
    assert.equal(new Set((await Promise.all(all)).map((result) => result.text)).size, 1);
    const gpus = await Promise.all([
      go({ do: "echo" }, { gpus: [0] }).result,
      go({ do: "echo" }, { gpus: [1] }).result,
    ]);
    assert.notEqual(pidOf(gpus[0]), pidOf(gpus[1]));
    assert.equal(alive(tag).length, 3);
  });

  it("stops when idle and starts again when needed", async () => {
    const { go, tag } = service({ idleSeconds: 1 });
    const before = pidOf(await go({ do: "echo" }).result);
    await until("it stopped", 5000, () => alive(tag).length === 0);
    assert.notEqual(pidOf(await go({ do: "echo" }).result), before);
  });

  it("a crash fails every run in it with the reason; the next run gets a new process", async () => {
    const { go } = service({ concurrency: 2 });
    const before = pidOf(await go({ do: "echo" }).result);
    const [hanging, crashing] = await Promise.all([go({ do: "hang" }).result, go({ do: "crash" }).result]);
    for (const result of [hanging, crashing])
      assert.deepEqual(result, {
        exitCode: 7,
        error: "the model's process ended during the run: exit code 7",
      });
    assert.notEqual(pidOf(await go({ do: "echo" }).result), before);
    assert.deepEqual(await go({ do: "segv" }).result, {
      exitCode: 139,
      error: "the model's process ended during the run: killed by signal SIGSEGV",
    });
  });

  it("the last words of a run that was alone are its own; in a crash loop nobody else reads them", async () => {
    const { go } = service();
    for (let n = 0; n < 3; n++)
      assert.deepEqual(await go({ do: "crash" }).result, {
        exitCode: 7,
        error: "the model's process ended during the run: exit code 7: out of memory",
      });
    const { error = "" } = await go({ do: "echo" }).result;
    assert.match(error, /^crash loop: .*; last: exit code 7$/);
  });

  it("a crash loop is named after three crashes, with the back-off and the last words", async () => {
    const { go } = service({ start: "crash" });
    const start = performance.now();
    const [first, second] = await Promise.all([go({ do: "echo" }).result, go({ do: "echo" }).result]);
    assert.ok(performance.now() - start >= 3000, "1 s and 2 s between the starts");
    assert.deepEqual(first, {
      exitCode: 1,
      error:
        "crash loop: the model's process ended 3 times in a row (next start in 4 s); last: exit code 3: loading\nno such device",
    });
    assert.deepEqual(second, first);
    const later = performance.now();
    assert.match((await go({ do: "echo" }).result).error ?? "", /^crash loop: /);
    assert.ok(performance.now() - later < 3000, "at once, not after the back-off");
  });

  it("fails clearly when it is not ready in time, or when there is no such program", async () => {
    const { go, tag } = service({ start: "never", startSeconds: 1 });
    assert.deepEqual(await go({ do: "echo" }).result, { exitCode: 1, error: "the model was not ready within 1 s" });
    assert.deepEqual(alive(tag), []);
    assert.deepEqual(await service({ command: ["no-such"] }).go({}).result, {
      exitCode: 127,
      error: "no-such: program not found",
    });
  });

  it("cancels: while waiting, in a model that answers, before it starts", async () => {
    const { go } = service();
    const before = pidOf(await go({ do: "echo" }).result);
    const abort = new AbortController();
    const polite = go(
      { do: "polite" },
      { signal: abort.signal, onStart: () => setTimeout(() => abort.abort("killed"), 50) },
    );
    const abortWaiting = new AbortController();
    const waiting = go({ do: "echo" }, { signal: abortWaiting.signal });
    abortWaiting.abort("timeout");
    assert.deepEqual(await waiting.result, { exitCode: 143, stopped: "timeout" });
    assert.deepEqual(await polite.result, { exitCode: 1, stopped: "killed" });
    assert.deepEqual(await go({}, { signal: AbortSignal.abort("shutdown") }).result, {
      exitCode: 143,
      stopped: "shutdown",
    });
    assert.equal(pidOf(await go({ do: "echo" }).result), before, "the process lives on");
  });

  it("a run that ignores its cancellation loses its process within 7 s; innocent runs are repeated unless they spoke", async (t) => {
    const { go, tag } = service({ start: "deaf", concurrency: 3 });
    t.after(() => killTagged(tag));
    const before = pidOf(await go({ do: "echo" }).result);
    const abort = new AbortController();
    const hang = go({ do: "hang" }, { signal: abort.signal });
    let starts = 0;
    const quiet = go({ do: "later", ms: 6500 }, { onStart: () => void (starts += 1) });
    const loud = go({ do: "speak" });
    const failed = assert.rejects(loud.result, PlatformFault);
    await until("they run", 5000, () => starts === 1);
    const start = performance.now();
    abort.abort("killed");
    assert.deepEqual(await hang.result, { exitCode: 143, stopped: "killed" });
    assert.ok(performance.now() - start <= SHARED * 7000);
    const repeated = await quiet.result;
    assert.equal(repeated.exitCode, 0);
    assert.notEqual(pidOf(repeated), before);
    await failed;
    assert.equal(starts, 1, "started once, from the caller's view");
    assert.equal(alive(tag).length, 1);
  });

  it("a warm process whose launcher is closed under it fails its runs as platform faults; close leaves nothing", async (t) => {
    const own = createRunners({ tmpDir });
    const tag = newTag();
    t.after(() => killTagged(tag));
    const of = model({ type: "service", command: ["node", "service.mjs", "normal", tag] });
    const { spec } = run(of, { inputs: { do: "hang" } });
    const started = Promise.withResolvers<void>();
    spec.onStart = started.resolve;
    const result = own.for("service").run(spec);
    const queued = own.for("service").run(run(of, { inputs: { do: "echo" } }).spec);
    const failed = Promise.all([assert.rejects(result, PlatformFault), assert.rejects(queued, PlatformFault)]);
    await started.promise;
    await own.close();
    await failed;
    assert.deepEqual(alive(tag), []);
    await assert.rejects(own.for("service").run(run(of).spec), PlatformFault);
  });

  it("many runs through one process, pipelined", async () => {
    const { go } = service({ concurrency: 32 });
    const results = await Promise.all(
      Array.from({ length: 500 }, (_, index) => go({ do: "echo", text: String(index) }).result),
    );
    assert.deepEqual(
      results.map(({ text }) => Number(text?.split(" ")[1])),
      Array.from({ length: 500 }, (_, index) => index),
    );
  });
});
