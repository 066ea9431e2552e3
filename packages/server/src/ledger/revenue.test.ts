import assert from "node:assert/strict";
import { test } from "node:test";
import { divide, readShare, shareText } from "./policy-revenue.ts";

test("a share is read exactly, and anything else is none", () => {
  for (const [raw, share] of [
    ["0.7", 7000],
    ["1", 10_000],
    ["0", 0],
    ["0.1234", 1234],
    [0.5, 5000],
    ["1.0", 10_000],
    [" .25 ", 2500],
  ] as const)
    assert.equal(readShare(raw), share, String(raw));
  for (const raw of ["1.1", "-0.1", "70%", "0.12345", "", "1e-1", null, undefined, {}, "0x1"])
    assert.equal(readShare(raw), undefined, String(raw));
  assert.deepEqual([7000, 10_000, 0, 1234].map(shareText), ["0.7", "1", "0", "0.1234"]);
});

test("nothing is lost or made when a price is divided", () => {
  for (let amount = 0n; amount < 50n; amount++) {
    for (const share of [0, 1, 3333, 7000, 9999, 10_000]) {
      const { publisher, platform } = divide(amount, share);
      assert.equal(publisher + platform, amount);
      assert.ok(publisher >= 0n && platform >= 0n);
    }
  }
  assert.deepEqual(divide(1_000_000_000n, 7000), { publisher: 700_000_000n, platform: 300_000_000n });
});
