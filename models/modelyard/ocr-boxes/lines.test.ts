import assert from "node:assert/strict";
import { test } from "node:test";
import { boxesOf, inReadingOrder } from "./boxes.ts";
import { decode } from "./letters.ts";

test("boxes stand around what is connected and likely, larger by what was lost, never outside", () => {
  const [width, height] = [40, 20];
  const likely = new Float32Array(width * height);
  const fill = (x0: number, x1: number, y0: number, y1: number, value: number) => {
    for (let y = y0; y < y1; y++) likely.fill(value, y * width + x0, y * width + x1);
  };
  fill(0, 20, 2, 6, 0.9);
  fill(28, 36, 3, 7, 0.8);
  fill(5, 30, 12, 17, 0.4);
  fill(36, 37, 15, 16, 0.9);
  // 20 × 4 pixels: 80 × 1.8 / 48 = 3. The pale third one and the dot are no lines.
  assert.deepEqual(boxesOf(likely, width, height), [
    { x: 0, y: 0, width: 23, height: 9 },
    { x: 25, y: 0, width: 14, height: 10 },
  ]);
});

test("lines are read in rows, from the left", () => {
  const at = (x: number, y: number) => ({ x, y, width: 10, height: 10 });
  assert.deepEqual(inReadingOrder([at(50, 42), at(5, 40), at(60, 3), at(0, 0), at(30, 21)]), [
    at(0, 0),
    at(60, 3),
    at(30, 21),
    at(5, 40),
    at(50, 42),
  ]);
});

test("letters in a row are one, and a gap parts two that are alike", () => {
  const alphabet = ["", "a", "b", " "];
  const places = [1, 1, 0, 1, 2, 2, 3, 2].flatMap((best) => [0, 1, 2, 3].map((i) => (i === best ? 0.8 : 0.1)));
  const { text, score } = decode(Float32Array.from(places), alphabet);
  assert.equal(text, "aab b");
  assert.ok(Math.abs(score - 0.8) < 1e-6);
  assert.deepEqual(decode(new Float32Array(0), alphabet), { text: "", score: 0 });
});
