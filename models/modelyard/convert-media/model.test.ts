import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type DrivenModel, driveModel } from "@modelyard/testing/drive-model";
import { encoding, scale } from "./encoding.ts";

let converter: DrivenModel;
before(async () => void (converter = await driveModel(new URL(".", import.meta.url))));
after(() => converter[Symbol.asyncDispose]());

const sample = (name: string) => fileURLToPath(new URL(`samples/${name}`, import.meta.url));

/** What ffmpeg says about a file: its kind and its streams. */
async function describe(path = ""): Promise<string> {
  const env = { PATH: [...converter.model.path, process.env.PATH].join(":") };
  return promisify(execFile)("ffmpeg", ["-hide_banner", "-i", path], { env }).catch((error) => error.stderr);
}

test("makes WebM and smaller MP4 of a video, of the same length and with even sides", async () => {
  const webm = await converter.run({ inputMedia: sample("lake.mp4"), format: "webm" });
  assert.equal(webm.error, undefined);
  const { files } = webm;
  assert.deepEqual(Object.keys(files), ["converted.webm"]);
  const said = await describe(files["converted.webm"]);
  assert.match(said, /matroska,webm.*Duration: 00:00:03\.\d\d.*Video: vp9.*yuv420p.* 400x250/s);
  const small = await converter.run({ inputMedia: sample("lake.mp4"), resolution: "360p", quality: "small" });
  assert.match(await describe(small.files["converted.mp4"]), /Video: h264.* 400x250/, "nothing is enlarged");
});

test("takes sound from one format to the other", async () => {
  for (const [format, kind] of [
    ["mp3", /Audio: mp3/],
    ["ogg", /Audio: opus/],
    ["flac", /Audio: flac/],
    ["m4a", /Audio: aac/],
    ["wav", /Audio: pcm_s16le/],
  ] as const) {
    const { files, error } = await converter.run({ inputMedia: sample("fox.wav"), format });
    assert.equal(error, undefined);
    const said = await describe(files[`converted.${format}`]);
    assert.match(said, kind);
    assert.match(said, /Duration: 00:00:02\.9|Duration: 00:00:03\.0/, said);
  }
});

test("says what is missing, and refuses a file that is no recording", async () => {
  const silent = await converter.run({ inputMedia: sample("lake.mp4"), format: "mp3" });
  assert.deepEqual(
    [silent.exitCode, silent.error],
    [1, "There is no sound in the recording, so it cannot become mp3.\n"],
  );
  const blind = await converter.run({ inputMedia: sample("fox.wav"), format: "mp4" });
  assert.equal(blind.error, "There is no video in the recording, so it cannot become mp4.\n");
  const text = await converter.run({ inputMedia: fileURLToPath(import.meta.url) });
  assert.equal(text.exitCode, 1);
  assert.match(text.error ?? "", /^The recording could not be read: /);
});

test("names the shorter side, in even numbers", () => {
  assert.match(scale("720p"), /-2.*trunc\(min\(720,ih\)\/2\)\*2/);
  assert.deepEqual(encoding("mp3", "original", "high").arguments.slice(-2), ["-q:a", "0"]);
});

test("the media tools have the same ffmpeg.ts and inputs.ts", async () => {
  for (const file of ["ffmpeg.ts", "inputs.ts"]) {
    const own = await readFile(new URL(file, import.meta.url), "utf8");
    for (const tool of ["trim-media", "video-to-gif", "video-thumbnails", "normalize-loudness"])
      assert.equal(await readFile(new URL(`../${tool}/${file}`, import.meta.url), "utf8"), own, `${tool}/${file}`);
  }
});
