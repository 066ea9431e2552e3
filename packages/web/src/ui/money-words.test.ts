import assert from "node:assert/strict";
import { test } from "node:test";
import { aboutDollars, dollars } from "./dollars.ts";
import { exactDigits, money } from "./money-words.ts";

test("cents from one dollar on; below, up to three digits that count, cut and never rounded up", () => {
  assert.equal(money("12.500000000000"), "$12.50");
  assert.equal(money("1234567.899000000000"), "$1,234,567.89");
  assert.equal(money("1.009999999000"), "$1.00");
  assert.equal(money("0.000000000000"), "$0.00");
  assert.equal(money("0"), "$0.00");
  assert.equal(money("0.500000000000"), "$0.50");
  assert.equal(money("0.050000000000"), "$0.05");
  assert.equal(money("0.015000000000"), "$0.015");
  assert.equal(money("0.999900000000"), "$0.999");
  assert.equal(money("0.000585000000"), "$0.000585");
  assert.equal(money("0.000585900000"), "$0.000585");
  assert.equal(money("0.000000000001"), "$0.000000000001");
  assert.equal(money("-3.100000000000"), "−$3.10");
  assert.equal(money("-0.015900000000"), "−$0.0159");
});

test("a price has every digit, an estimate two that count", () => {
  assert.equal(dollars("0.000000150000"), "$0.00000015");
  assert.equal(dollars("1234.567800000000"), "$1234.5678");
  assert.equal(dollars("0.0200"), "$0.02");
  assert.equal(dollars("0"), "$0.00");
  assert.equal(dollars(0.002), "$0.002");
  assert.equal(dollars(3), "$3.00");
  assert.equal(aboutDollars(0.012345), "$0.012");
  assert.equal(aboutDollars(0.000000987), "$0.00000099");
  assert.equal(aboutDollars(0.1), "$0.10");
  assert.equal(aboutDollars(12.345), "$12.35");
  assert.equal(aboutDollars(0), "$0.00");
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
