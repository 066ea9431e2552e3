import assert from "node:assert/strict";
import { test } from "node:test";
import { capShare, capWords, exactDigits, money, percent, shareWords } from "./money-words.ts";

test("cents, thousands, and as many digits as a small amount needs", () => {
  assert.equal(money("12.500000000000"), "$12.50");
  assert.equal(money("1234567.899000000000"), "$1,234,567.89");
  assert.equal(money("0.000000000000"), "$0.00");
  assert.equal(money("0.000585000000"), "$0.00058");
  assert.equal(money("0.050000000000"), "$0.05");
  assert.equal(money("-3.100000000000"), "−$3.10");
});

test("amounts of a table have the same digits, so many that they add up", () => {
  const amounts = ["0.010000000000", "0.005500000000", "12.000000000000"];
  assert.equal(exactDigits(amounts), 4);
  assert.deepEqual(
    amounts.map((amount) => money(amount, 4)),
    ["$0.0100", "$0.0055", "$12.0000"],
  );
  assert.equal(exactDigits([]), 2);
  assert.equal(exactDigits(["3.000000000000"]), 2);
});

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
