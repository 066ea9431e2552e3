/** Warm processes over their life: kept, spread, replaced by a newer version, in a crash loop; confined where the machine can. */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, describe, it } from "node:test";
import { chooseIsolation } from "../isolation/choose.ts";
import { alive, killTagged, model, newTag, run, testFolder, until } from "./fixtures/support.ts";
import { createRunners, type RunResult } from "./index.ts";

const tmpDir = testFolder();
const runsFolder = testFolder();
fs.chmodSync(runsFolder, 0o755);
const isolation = await chooseIsolation("auto", { tmpDir, controllers: ["memory", "pids", "cpu"] });
if (isolation.kind === "none") console.error(`SKIPPED: warm processes in a sandbox: ${isolation.text}`);
const loops: [string, string | undefined][] = [];
const runners = createRunners({ tmpDir, isolation, onCrashLoop: (version, text) => void loops.push([version, text]) });
const runner = runners.for("service");
let folders = 0;

after(async () => {
  await runners.close();
  isolation.close();
  assert.deepEqual(fs.readdirSync(tmpDir), []);
  fs.rmdirSync(tmpDir);
  fs.rmSync(runsFolder, { recursive: true });
});

function service(options: { start?: string; warm?: number; idleSeconds?: number }) {
  const { start = "normal", ...rest } = options;
  const tag = newTag();
  const of = model({ type: "service", command: ["node", "service.mjs", start, tag], ...rest });
  const go = (inputs: Record<string, unknown>, onStart: () => void = () => {}) => {
    const dir = path.join(runsFolder, String(++folders));
    const outputDir = path.join(dir, "out");
    fs.mkdirSync(outputDir, { recursive: true });
    return { dir, outputDir, result: runner.run(run(of, { inputs, dir, outputDir, onStart }).spec) };
  };
  /** The model's own processes, without those of the sandbox around them. */
  const processes = () => alive(tag).filter((line) => /^\d+ (\S*\/)?node /.test(line));
  return { tag, of, go, processes };
}
const textOf = (result: RunResult): string => (result.text ?? result.error ?? "").trim();

describe("warm processes", () => {
  it("as many as the manifest wants run before anybody asks, share the work, and stay without it", async (t) => {
    const { of, go, tag, processes } = service({ warm: 2, idleSeconds: 1 });
    t.after(() => killTagged(tag));
    runners.keepWarm(of, runsFolder);
    await until("two run", 10_000, () => processes().length === 2);
    const before = processes().map((line) => line.split(" ")[0]);
    await Promise.all([go({ do: "later", ms: 300 }).result, go({ do: "later", ms: 300 }).result]);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    assert.deepEqual(
      processes().map((line) => line.split(" ")[0]),
      before,
      "idleSeconds is for those that are not kept",
    );
    process.kill(Number(before[0]), "SIGKILL");
    await until("another one took its place", 10_000, () => {
      const now = processes().map((line) => line.split(" ")[0]);
      return now.length === 2 && !now.includes(before[0]);
    });
    runners.retire(new Set());
    await until("a version that is gone keeps none", 10_000, () => alive(tag).length === 0);
  });

  it("a new version takes over: the old process finishes its run and ends, no run fails", async (t) => {
    const old = service({ idleSeconds: 600 });
    const next = service({ idleSeconds: 600 });
    t.after(() => {
      killTagged(old.tag);
      killTagged(next.tag);
    });
    const started = Promise.withResolvers<void>();
    const last = old.go({ do: "later", ms: 800 }, started.resolve).result;
    await started.promise;
    runners.retire(new Set([next.of.version]));
    const first = next.go({ do: "echo" }).result;
    assert.equal((await first).exitCode, 0);
    assert.equal((await last).exitCode, 0, "the run that was under way");
    await until("the old process ended", 5000, () => alive(old.tag).length === 0);
    assert.equal(next.processes().length, 1);
    // A run of the old version that was assigned before the change still runs.
    assert.equal((await old.go({ do: "echo" }).result).exitCode, 0);
    runners.retire(new Set());
  });

  it("writes the outputs of a run and nothing beside the run's folder", async () => {
    const { go } = service({});
    const { outputDir, result } = go({ do: "write" });
    assert.equal((await result).exitCode, 0);
    assert.equal(fs.readFileSync(path.join(outputDir, "made.txt"), "utf8"), "made");
    if (isolation.kind === "none" || process.getuid?.() !== 0) return;
    assert.equal(textOf(await go({ do: "plant" }).result), "EACCES");
  });

  it("a crash loop is announced with its reason, and its end too", async () => {
    const { of, go } = service({ start: "crash" });
    assert.match(textOf(await go({ do: "echo" }).result), /^crash loop: .* 3 times in a row .*no such device$/s);
    const said = () => loops.filter(([version]) => version === of.version).map(([, text]) => text);
    assert.match(said()[0] ?? "", /^crash loop: the model's process ended 3 times in a row/);
    await until("the back-off is over", 6000, () => said().length >= 2);
    assert.equal(said()[1], undefined);
    // Tried again, it fails again: the next row of crashes is one longer, and so is the wait.
    assert.match(textOf(await go({ do: "echo" }).result), /4 times in a row \(next start in 8 s\)/);
  });
});
