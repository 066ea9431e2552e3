import assert from "node:assert/strict";
import { test } from "node:test";
import { readPoints } from "./points.ts";

test("reads points and says what is none", () => {
  assert.deepEqual(readPoints(" 0.5,0.25  1,0 "), [
    { x: 0.5, y: 0.25 },
    { x: 1, y: 0 },
  ]);
  assert.deepEqual(readPoints(""), []);
  for (const wrong of ["0.5", "2,0.5", "0.1,0.2,0.3", "a,b", "-0.1,0.5"]) {
    assert.throws(() => readPoints(wrong), /is no point/, wrong);
  }
  assert.throws(() => readPoints("0.1,0.1 ".repeat(33)), /33 points; at most 32/);
});
