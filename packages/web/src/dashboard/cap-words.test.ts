import assert from "node:assert/strict";
import { test } from "node:test";
import { capShare, capWords, percent, shareWords } from "./cap-words.ts";

test("a cap says what of it is used; one of nothing is full", () => {
  const cap = { amount: "20.000000000000", used: "5.000000000000", period: "month" } as const;
  assert.equal(capWords(cap), "$5.00 of $20.00 this month");
  assert.equal(capShare(cap), 0.25);
  assert.equal(capShare({ ...cap, used: "25.000000000000" }), 1);
  assert.equal(capShare({ ...cap, amount: "0.000000000000" }), 1);
});

test("a share is shown exactly in per cent", () => {
  assert.equal(shareWords("0.7"), "70 %");
  assert.equal(shareWords("0.1234"), "12.34 %");
  assert.equal(percent("0.2850"), 28.5);
  assert.equal(shareWords("1"), "100 %");
  assert.equal(shareWords("0"), "0 %");
});
