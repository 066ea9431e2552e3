import assert from "node:assert/strict";
import { test } from "node:test";
import { sampleSquare } from "./sample-square.ts";
import { judge, type Scores } from "./verdict.ts";

const scores = (given: Partial<Scores>): Scores => ({ drawing: 0, hentai: 0, neutral: 0, porn: 0, sexy: 0, ...given });

test("adds up what is refused, and refuses from the threshold on", () => {
  const photo = scores({ porn: 0.35, hentai: 0.2, sexy: 0.25, neutral: 0.2 });
  assert.deepEqual(judge(photo, 0.6, false).allowed, true);
  assert.deepEqual(judge(photo, 0.55, false).allowed, false);
  const strict = judge(photo, 0.6, true);
  assert.deepEqual([strict.allowed, strict.unsafe, strict.kind], [false, 0.8, "porn"]);
  assert.deepEqual(judge(scores({ drawing: 1 }), 0.05, true), {
    allowed: true,
    unsafe: 0,
    kind: "drawing",
    scores: scores({ drawing: 1 }),
  });
});

test("takes points of the picture, its corners exactly", () => {
  const pixels = Buffer.from([0, 100, 200, 252].flatMap((grey) => [grey, grey, grey]));
  const square = sampleSquare({ pixels, width: 2, height: 2 }, 3);
  const reds = Array.from({ length: 9 }, (_, i) => Math.round(square[i * 3]! * 255));
  assert.deepEqual(reds, [0, 50, 100, 100, 138, 176, 200, 226, 252]);
});
