import assert from "node:assert/strict";
import { test } from "node:test";
import { inputRows, readRuns } from "./differences.ts";

test("what differs comes first; what no run was given is left out", () => {
  const rows = inputRows([
    { prompt: "a lake", seed: 1, empty: "" },
    { prompt: "a lake", seed: 2, style: "oil" },
  ]);
  assert.deepEqual(rows, [
    { name: "seed", values: ["1", "2"], isSame: false },
    { name: "style", values: [undefined, "oil"], isSame: false },
    { name: "prompt", values: ["a lake", "a lake"], isSame: true },
  ]);
});

test("ids of an address: each once, at most four, nothing that is none", () => {
  assert.deepEqual(readRuns("3,1,3,x,-2,1.5,9,8,7"), [3, 1, 9, 8]);
  assert.deepEqual(readRuns(7), [7]);
  assert.deepEqual(readRuns(undefined), []);
});
