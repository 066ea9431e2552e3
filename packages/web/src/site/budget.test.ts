import assert from "node:assert/strict";
import { test } from "node:test";
import { runsFor } from "./budget.ts";

const quote = {
  method: "cps",
  price: "0.000585000000",
  hold: "0.351000000000",
  exact: false,
  average: null,
  estimatedseconds: null,
} as const;

test("a fixed price is divided, an average is reckoned with, and without either the most that a run can cost", () => {
  assert.deepEqual(runsFor(10, { ...quote, method: "cpr", hold: "0.002000000000", exact: true }), {
    count: 5000n,
    sureness: "exact",
  });
  assert.deepEqual(runsFor(10, { ...quote, average: "0.003000000000" }), { count: 3333n, sureness: "about" });
  assert.deepEqual(runsFor(10, quote), { count: 28n, sureness: "least" });
});

test("what is free has no number; a budget of nothing is good for none", () => {
  assert.equal(runsFor(10, { ...quote, hold: "0.000000000000", exact: true }), undefined);
  assert.equal(runsFor(0, quote)?.count, 0n);
});
