import assert from "node:assert/strict";
import test from "node:test";
import { compare, formatTable, median, withRatio } from "./result.ts";

test("median", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1]), 2.5);
});

test("the ratio is to the best rival, and over 1 when ours is better", () => {
  assert.equal(compare("more", 200, 100), 2);
  assert.equal(compare("less", 2, 1), 0.5);
  const result = { name: "x", unit: "ms" as const, better: "less" as const, ours: 2, rivals: { a: 6, b: 4 }, runs: {} };
  assert.equal(withRatio(result).ratio, 2);
  assert.equal(withRatio({ ...result, ours: undefined }).ratio, undefined);
});

test("the table is aligned and shows rivals without ours", () => {
  const [head, line] = formatTable([
    { name: "accept", unit: "tasks/s", better: "more", rivals: { "a rival": 1234.5 }, runs: {} },
  ]).split("\n");
  assert.equal(head, "benchmark  rival         rival's  ours  ours is better");
  assert.equal(line, "accept     a rival  1235 tasks/s     –               –");
});
