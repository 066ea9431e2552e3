import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import sample from "./fixtures/manifest.json" with { type: "json" };
import { SECONDS, TIER_CASES, USAGE_CASES } from "./fixtures/price-cases.ts";
import type { RunInputs } from "./inputs.ts";
import { Manifest } from "./manifest.ts";
import { formatUsd, type Money, parseUsd } from "./money.ts";
import { finalPrice, quote, type Usage } from "./price.ts";
import { PRICE_METHODS, UNBOUNDED_METHODS } from "./price-methods.ts";
import { PriceRow } from "./price-rows.ts";

const manifest = Manifest.parse(sample);
const usd = (amount: Money) => formatUsd(amount).replace(/\.?0+$/, "");
const plain = (text: string) => usd(parseUsd(text));

for (const { price, runs } of TIER_CASES) {
  const priced = { ...manifest, price: price.map((row) => PriceRow.parse({ method: "cpr", ...row })) };
  for (const [values, expected] of runs) {
    test(`${JSON.stringify(values).slice(0, 60)} of ${price.length} tiers costs ${expected}`, () => {
      const quoted = quote(priced, values);
      assert.equal(usd(quoted.price), plain(expected));
      assert.equal(usd(finalPrice(quoted, { elapsedMs: 1, outputs: 1 }).cost), plain(expected));
    });
  }
}

const NOTES = { cut: /^Cut to the most/, unmeasured: /could not be measured/, refused: /reported more than/ };

for (const { name, row, limits, values = {}, hold, runs } of USAGE_CASES) {
  const priced = { ...manifest, price: [PriceRow.parse(row)], limits: { ...manifest.limits, ...limits } };
  const quoted = quote(priced, values);
  test(`${name}: ${hold} is held`, () => assert.equal(usd(quoted.hold), plain(hold)));
  for (const [usage, expected, note] of runs) {
    test(`${name}: ${JSON.stringify(usage).slice(0, 70)} costs ${expected}`, () => {
      const bill = finalPrice(quoted, { elapsedMs: 1_000, outputs: 1, ...usage });
      assert.equal(usd(bill.cost), plain(expected));
      if (note) assert.match(bill.note ?? "", NOTES[note]);
      else assert.equal(bill.note, undefined);
      const sum = bill.lines.reduce((total, { amount }) => total + amount, 0n);
      if (!note) assert.equal(sum, bill.cost, "the lines are the amount");
    });
  }
}

for (const [ms, expected] of SECONDS) {
  test(`${ms} ms at a dollar for a thousand seconds cost ${expected}`, () => {
    const priced = { ...manifest, price: [PriceRow.parse({ method: "cps", price: "0.001" })] };
    const quoted = quote({ ...priced, limits: { ...manifest.limits, timeout: 86_400 } }, {});
    assert.equal(usd(finalPrice(quoted, { elapsedMs: ms, outputs: 1 }).cost), plain(expected));
  });
}

test("where no item is called prompt, the characters of the form's first text count", () => {
  const text = Manifest.parse({
    ...sample,
    inputs: [
      {
        title: "",
        items: [
          { id: "a", type: "number", label: "A" },
          { id: "b", type: "text", label: "B" },
        ],
      },
    ],
    price: [{ method: "cp-promptlength", price: "0.001" }],
  });
  assert.equal(usd(quote(text, { a: 12345, b: "four" }).hold), "0.004");
});

test("a method whose amount nobody knows before needs a most; only pixels know extras", () => {
  for (const method of PRICE_METHODS) {
    const alone = PriceRow.safeParse({ method, price: "1" });
    assert.equal(alone.success, !UNBOUNDED_METHODS.has(method), method);
    const extra = PriceRow.safeParse({ method, price: "1", most: "5", priceExtra: "1" });
    assert.equal(extra.success, method === "cp-pixel", method);
  }
});

const usages: fc.Arbitrary<Usage> = fc.record(
  {
    elapsedMs: fc.double({ min: 0, max: 1e9, noNaN: true }),
    outputs: fc.nat(1_000),
    outputPixels: fc.array(fc.nat(2 ** 31), { maxLength: 50 }),
    inputPixels: fc.array(fc.nat(2 ** 31), { maxLength: 50 }),
    audioMs: fc.double({ min: 0, max: 1e9, noNaN: true }),
    videoMs: fc.double({ min: 0, max: 1e9, noNaN: true }),
    reported: fc.record({ tokens: fc.double(), turns: fc.double(), usd: fc.string() }),
  },
  { requiredKeys: ["elapsedMs", "outputs"] },
);

test("property: a success never costs more than was held, and never less than nothing, by any method", () => {
  const rows = fc.record({
    method: fc.constantFrom(...PRICE_METHODS),
    price: fc.constantFrom("0", "0.000000001", "0.01", "1234"),
    most: fc.constantFrom("0", "0.01", "5", "999999"),
  });
  const inputs: fc.Arbitrary<RunInputs["values"]> = fc.record({ prompt: fc.string(), loop: fc.boolean() });
  fc.assert(
    fc.property(rows, inputs, usages, (row, values, usage) => {
      const quoted = quote({ ...manifest, price: [PriceRow.parse(row)] }, values);
      const { cost } = finalPrice(quoted, usage);
      assert.ok(cost >= 0n && cost <= quoted.hold);
    }),
  );
});

test("property: time costs no more than its exact price, and less than a nano-dollar below it", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 12n }), fc.nat(864_000_000), (price, tenths) => {
      const quoted = { ...quote(manifest, {}), method: "cps" as const, price, hold: price * 90_000n };
      const { cost } = finalPrice(quoted, { elapsedMs: tenths / 10, outputs: 0 });
      const exact = price * BigInt(tenths);
      assert.ok(cost * 10_000n <= exact && exact < (cost + 1n) * 10_000n);
    }),
  );
});
