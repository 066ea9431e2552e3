import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type DrivenModel, driveModel } from "@modelyard/testing/drive-model";

let leveller: DrivenModel;
before(async () => void (leveller = await driveModel(new URL(".", import.meta.url))));
after(() => leveller[Symbol.asyncDispose]());

const quiet = fileURLToPath(new URL("samples/fox-quiet.wav", import.meta.url));
const ffmpeg = (...args: string[]) =>
  promisify(execFile)("ffmpeg", args, { env: { PATH: [...leveller.model.path, process.env.PATH].join(":") } });

/** Loudness by another filter than the one that the tool uses. */
async function loudnessOf(path = ""): Promise<number> {
  const { stderr } = await ffmpeg("-i", path, "-af", "ebur128", "-f", "null", "-");
  return Number(
    stderr
      .match(/I:\s+(-?[\d.]+) LUFS/g)
      ?.at(-1)
      ?.match(/-?[\d.]+/)?.[0],
  );
}

test("brings a quiet recording to the loudness asked for, and says what it was", async () => {
  for (const [loudness, format] of [
    [-16, "mp3"],
    [-23, "wav"],
  ] as const) {
    const { files, error } = await leveller.run({ inputAudio: quiet, loudness, format });
    assert.equal(error, undefined);
    const is = await loudnessOf(files[`normalized.${format}`]);
    assert.ok(Math.abs(is - loudness) < 1, `${is} LUFS`);
    const { before: was, after: reported } = JSON.parse(await readFile(files["loudness.json"] ?? "", "utf8"));
    assert.ok(Math.abs(was.integratedLufs - (await loudnessOf(quiet))) < 1);
    assert.ok(Math.abs(reported.integratedLufs - is) < 1 && reported.truePeakDbtp <= -1);
  }
});

test("says so when there is nothing to hear", async () => {
  const folder = await mkdtemp(join(tmpdir(), "silence-"));
  const path = join(folder, "silence.wav");
  await ffmpeg("-f", "lavfi", "-i", "anullsrc", "-t", "4", path);
  assert.equal((await leveller.run({ inputAudio: path })).error, "The recording is silent.\n");
  await rm(folder, { recursive: true });
});
