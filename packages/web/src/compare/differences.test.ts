import assert from "node:assert/strict";
import { test } from "node:test";
import { gridRows, inputRows, readRuns } from "./differences.ts";

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

test("ids of an address: each once, at most eight, nothing that is none", () => {
  assert.deepEqual(readRuns("3,1,3,x,-2,1.5,9,8,7,6,5,4,2"), [3, 1, 9, 8, 7, 6, 5, 4]);
  assert.deepEqual(readRuns(7), [7]);
  assert.deepEqual(readRuns(undefined), []);
});

test("models and several runs of them are a grid; else all stand in one row", () => {
  const runs = (...names: string[]) => names.map((name) => ({ modelslugowner: "test", modelslugproject: name }));
  const shape = (...names: string[]) => gridRows(runs(...names)).map((row) => row.length);
  assert.deepEqual(shape("a", "b", "a", "b"), [2, 2]);
  assert.deepEqual(shape("a", "a", "b"), [2, 1]);
  assert.deepEqual([shape("a", "a", "a"), shape("a", "b"), shape("a", "b", "c"), shape("a")], [[3], [2], [3], [1]]);
});
