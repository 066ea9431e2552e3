import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatUsd, parseUsd, USD } from "./money.ts";

test("amounts are read exactly", () => {
  for (const [text, nanos] of [
    ["0", 0n],
    ["1", USD],
    ["-1.5", -1_500_000_000n],
    ["0.000585", 585_000n],
    ["0.003510000000", 3_510_000n],
    ["000000000001", USD],
    ["999999999999.999999999", 999_999_999_999_999_999_999n],
    ["0.000000001", 1n],
  ] as const) {
    assert.equal(parseUsd(text), nanos, text);
  }
});

test("what is no amount, or finer than a nano-dollar, is refused", () => {
  for (const text of [
    "",
    " ",
    "1.",
    ".5",
    "+1",
    "1e3",
    "1,5",
    "$1",
    "NaN",
    "1 ",
    "--1",
    "0x1",
    "1000000000000",
    "0.0000000001",
    "0.0000000000001",
    "١",
  ]) {
    assert.throws(() => parseUsd(text), RangeError, text);
  }
});

test("amounts are printed with the wire's twelve decimals, or fewer, cut off", () => {
  for (const [nanos, decimals, text] of [
    [3_510_000n, 12, "0.003510000000"],
    [0n, 12, "0.000000000000"],
    [USD, 2, "1.00"],
    [999_999_999n, 2, "0.99"],
    [-1n, 9, "-0.000000001"],
    [-25_500_000_000n, 2, "-25.50"],
    [1_234_567_890_123n, 0, "1234"],
  ] as const) {
    assert.equal(formatUsd(nanos, decimals), text);
  }
});

const amount = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n });

test("property: printed and read again, an amount is the same", () => {
  fc.assert(fc.property(amount, (nanos) => assert.equal(parseUsd(formatUsd(nanos)), nanos)));
});
