import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type DrivenModel, driveModel } from "@modelyard/testing/drive-model";
import type sharp from "sharp";

let analyser: DrivenModel;
let open: typeof sharp;
before(async () => {
  analyser = await driveModel(new URL(".", import.meta.url));
  open = createRequire(join(analyser.model.dir, "run.ts"))("sharp");
});
after(() => analyser[Symbol.asyncDispose]());

type Face = {
  score: number;
  age: number;
  box: { x: number; y: number; width: number; height: number };
  expressions: Record<string, number>;
};
const facesOf = async (files: Record<string, string>): Promise<Face[]> =>
  JSON.parse(await readFile(files["faces.json"]!, "utf8")).faces;

test("finds the faces of people in a photograph that its own package brings, with sensible ages", async () => {
  const photo = join(analyser.model.dir, "node_modules/@vladmandic/face-api/demo/sample3.jpg");
  const { error, files } = await analyser.run({ inputImage: photo });
  assert.equal(error, undefined);
  assert.deepEqual(Object.keys(files).sort(), ["boxes.jpg", "faces.json"]);
  const faces = await facesOf(files);
  assert.equal(faces.length, 3);
  for (const { age, expressions, score, box } of faces) {
    assert.ok(age > 15 && age < 60 && score > 0.5, `${age} years`);
    const sum = Object.values(expressions).reduce((total, value) => total + value, 0);
    assert.ok(Math.abs(sum - 1) < 0.02, JSON.stringify(expressions));
    // All of them look into the camera from the upper half of the picture.
    assert.ok(box.width > 40 && box.y + box.height < 600, JSON.stringify(box));
  }
});

test("sees that the drawn face laughs, and where it is", async () => {
  const { files } = await analyser.run({
    inputImage: fileURLToPath(new URL("samples/two.jpg", import.meta.url)),
    least: 0.3,
  });
  const [face] = await facesOf(files);
  assert.ok(face && face.expressions.happy! > 0.8);
  const middle = [face.box.x + face.box.width / 2, face.box.y + face.box.height / 2];
  assert.ok(Math.abs(middle[0]! - 200) < 30 && Math.abs(middle[1]! - 245) < 40, `${middle}`);
});

test("a picture without faces has none; text is no picture; TERM ends it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "faces-"));
  const path = join(folder, "plain.png");
  await open({ create: { width: 200, height: 100, channels: 4, background: "#08f8" } })
    .png()
    .toFile(path);
  assert.deepEqual(await facesOf((await analyser.run({ inputImage: path })).files), []);
  assert.match(
    (await analyser.run({ inputImage: fileURLToPath(import.meta.url) })).error ?? "",
    /^The picture could not be read/,
  );
  assert.ok((await analyser.terminate()) < 3000);
  await rm(folder, { recursive: true });
});
