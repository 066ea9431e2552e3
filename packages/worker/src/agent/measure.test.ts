/** Pixels and seconds of real files, measured by a real ffprobe; where there is none, loudly not. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type InputFile, type PriceRow, ProgramManifest } from "@modelyard/contract";
import type { InstalledModel } from "../install/installed-model.ts";
import { createProcesses, type Processes } from "../process/index.ts";
import { measureUsage, mediaOf } from "./measure.ts";

const has = (program: string) => {
  try {
    execFileSync("sh", ["-c", `command -v ${program}`]);
    return true;
  } catch {
    return false;
  }
};
const isCi = /^(1|true)$/i.test(process.env.CI ?? "");
const skip = (has("ffprobe") && has("ffmpeg")) || isCi ? false : "ffmpeg is missing";
if (skip) process.stderr.write(`SKIPPED: measuring files for prices (${skip})\n`);

let processes: Processes;
const made = mkdtempSync(join(tmpdir(), "modelyard-measure-"));
before(() => {
  processes = createProcesses();
  if (skip) return;
  const ffmpeg = (...args: string[]) => execFileSync("ffmpeg", ["-v", "error", "-y", ...args], { cwd: made });
  for (const name of ["a.png", "a.jpg", "a.webp"])
    ffmpeg("-f", "lavfi", "-i", "color=red:s=1500x1000", "-frames:v", "1", name);
  ffmpeg("-f", "lavfi", "-i", "testsrc=s=64x48:d=2.5:r=10", "a.mp4");
  for (const name of ["a.wav", "a.mp3", "a.flac"]) ffmpeg("-f", "lavfi", "-i", "sine=d=1.5", name);
});
after(() => processes.close());

/** A model with one file input and this price. */
function priced(row: Partial<PriceRow>): ProgramManifest {
  return ProgramManifest.parse({
    owner: "test",
    slug: "m",
    title: "m",
    description: "m",
    categories: ["test"],
    inputs: [{ title: "", items: [{ id: "file", type: "multifileinput", label: "File" }] }],
    output: "file",
    price: [{ price: "1", most: "9", ...row }],
    runner: { type: "command", command: ["true"] },
    license: { code: "MIT" },
  });
}

/** Measures a run of a model with this price, with these files as its inputs and outputs. */
async function measure(
  row: Partial<PriceRow>,
  files: { in?: string[]; out?: string[] },
  reported?: { tokens: number },
  signal = new AbortController().signal,
) {
  const dir = mkdtempSync(join(made, "run-"));
  const outputDir = join(dir, "out");
  mkdirSync(outputDir);
  mkdirSync(join(dir, "in"));
  const given: InputFile[] = (files.in ?? []).map((name, n) => {
    copyFileSync(join(made, name), join(dir, "in", `file-${n}.bin`));
    return { item: "file", name, source: { stored: n } };
  });
  writeFileSync(join(dir, "in", "prompt.txt"), "a scalar is no file");
  for (const name of files.out ?? []) copyFileSync(join(made, name), join(outputDir, name));
  const manifest = priced(row);
  const model = { owner: "test", slug: "m", version: "v", dir, weightsDir: dir, path: [], manifest } as InstalledModel;
  const logged: string[] = [];
  const usage = await measureUsage({
    model,
    folder: { dir, outputDir },
    inputs: { prompt: "x" },
    files: given,
    reported,
    signal,
    spawn: processes.spawnProcess,
    log: (message) => logged.push(message),
  });
  assert.deepEqual(logged, []);
  return usage;
}

test("pixels of pictures, in and out, of any kind", { skip }, async () => {
  const usage = await measure({ method: "cp-pixel" }, { in: ["a.jpg"], out: ["a.png", "a.webp"] });
  assert.deepEqual(usage, { outputPixels: [1_500_000, 1_500_000], inputPixels: [1_500_000] });
});

test("seconds of sound that was given, of any kind", { skip }, async () => {
  const usage = await measure(
    { method: "cp-audiosecondslength" },
    { in: ["a.wav", "a.flac", "a.png"], out: ["a.mp3"] },
  );
  assert.ok(Math.abs((usage?.audioMs ?? 0) - 3000) < 100, JSON.stringify(usage));
});

test("seconds of video that came out", { skip }, async () => {
  const usage = await measure({ method: "cp-outputVideoLength" }, { in: ["a.mp4"], out: ["a.mp4", "a.png"] });
  assert.ok(Math.abs((usage?.videoMs ?? 0) - 2500) < 150, JSON.stringify(usage));
});

test("a playlist leads nowhere, text is nothing", { skip }, async () => {
  writeFileSync(join(made, "list.m3u8"), `#EXTM3U\n#EXTINF:9,\nfile:${join(made, "a.mp4")}\n#EXT-X-ENDLIST\n`);
  writeFileSync(join(made, "cat.txt"), `ffconcat version 1.0\nfile ${join(made, "a.mp4")}\n`);
  const usage = await measure({ method: "cp-outputVideoLength" }, { out: ["list.m3u8", "cat.txt"] });
  assert.deepEqual(usage, { videoMs: 0 });
});

test("a run that is killed while its files are measured ends there, and nothing of it is alive", { skip }, async () => {
  const dir = mkdtempSync(join(made, "stuck-"));
  const outputDir = join(dir, "out");
  mkdirSync(outputDir);
  // A pipe that nobody writes to: reading it never ends by itself.
  execFileSync("mkfifo", [join(outputDir, "0.mp4")]);
  const killed = new AbortController();
  const model = { dir, weightsDir: dir, path: [], manifest: priced({ method: "cp-outputVideoLength" }) };
  const measuring = measureUsage({
    model: model as unknown as InstalledModel,
    folder: { dir, outputDir },
    inputs: {},
    files: [],
    reported: undefined,
    signal: killed.signal,
    spawn: processes.spawnProcess,
    log: () => {},
  });
  const isAlive = () => execFileSync("sh", ["-c", `pgrep -f "[f]fprobe.*${outputDir}" || true`]).toString() !== "";
  while (!isAlive()) await new Promise((resolve) => setTimeout(resolve, 20));
  killed.abort("killed");
  await assert.rejects(measuring, (reason) => reason === "killed");
  assert.equal(execFileSync("sh", ["-c", `pgrep -f "[f]fprobe.*${outputDir}" || true`]).toString(), "");
});

test("other prices cost no look at the files, and what the model reported is passed on", async () => {
  assert.equal(await measure({ method: "cpr" }, {}), undefined);
  assert.deepEqual(await measure({ method: "cpt" }, {}, { tokens: 7 }), { reported: { tokens: 7 } });
});

test("what ffprobe says is read with care", () => {
  const other = { width: 0, height: 0, ms: 0, kind: "other" };
  for (const text of ["", "nonsense", "{}", '{"streams":5}', '{"streams":[],"format":{"duration":"99"}}'])
    assert.deepEqual(mediaOf(text), other, text);
  const huge = '{"streams":[{"codec_type":"video","width":-5,"height":1e99}],"format":{"format_name":"png_pipe"}}';
  assert.deepEqual(mediaOf(huge), { width: 0, height: 0, ms: 0, kind: "picture" });
  assert.equal(mediaOf('{"streams":[{"codec_type":"audio"}],"format":{"duration":"N/A"}}').ms, 0);
});
