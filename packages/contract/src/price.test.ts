import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import sample from "./fixtures/manifest.json" with { type: "json" };
import type { RunInputs } from "./inputs.ts";
import { Manifest } from "./manifest.ts";
import { parseUsd } from "./money.ts";
import { finalPrice, quote } from "./price.ts";

const manifest = Manifest.parse(sample);
const values = (change: RunInputs["values"]): RunInputs["values"] => ({
  mode: "fast",
  loop: true,
  cover: "b",
  ...change,
});

test("the first row whose inputs all fit is the price", () => {
  for (const [change, method, price, hold] of [
    [{}, "cps", "0.001", "0.1"],
    [{ mode: "2" }, "cps", "0.001", "0.1"],
    [{ loop: false }, "cpr", "0.25", "0.25"],
    [{ loop: false, cover: "a" }, "cpr", "0.5", "0.5"],
    [{ cover: "a" }, "cps", "0.001", "0.1"],
    [{ mode: "false" }, "cpr", "0.25", "0.25"],
    [{ cover: [{ url: "https://example.org/a" }], loop: false }, "cpr", "0.25", "0.25"],
  ] as [RunInputs["values"], string, string, string][]) {
    assert.deepEqual(
      quote(manifest, values(change)),
      { method, price: parseUsd(price), hold: parseUsd(hold) },
      JSON.stringify(change),
    );
  }
});

test("where every row has a condition that fails, the last one counts", () => {
  const only = Manifest.parse({
    ...sample,
    price: [
      { method: "cpr", price: "3", inputs: { mode: "x" } },
      { method: "cpr", price: "2", inputs: { mode: "y" } },
    ],
  });
  assert.equal(quote(only, values({})).price, parseUsd("2"));
});

test("seconds are billed as the wire prints them, a run as a whole", () => {
  const second = quote(manifest, values({}));
  assert.equal(finalPrice(second, 6_000), parseUsd("0.006"));
  assert.equal(finalPrice(second, 0.04), 0n);
  assert.equal(finalPrice(second, 0.05), 100n);
  assert.equal(finalPrice(quote(manifest, values({ loop: false })), 99_999), parseUsd("0.25"));
});

test("property: a success never costs more than was held, and never less than nothing", () => {
  const any = fc.record({
    mode: fc.constantFrom("fast", "false", "2"),
    loop: fc.boolean(),
    cover: fc.constantFrom("a", "b"),
  });
  fc.assert(
    fc.property(any, fc.double({ min: 0, max: 1e9, noNaN: true }), (change, elapsed) => {
      const quoted = quote(manifest, values(change));
      const cost = finalPrice(quoted, elapsed);
      assert.ok(cost >= 0n && cost <= quoted.hold);
    }),
  );
});
