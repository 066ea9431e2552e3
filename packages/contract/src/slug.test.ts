import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cleanSlug } from "./slug.ts";

test("raw and clean spellings of the wire contract's examples (3)", () => {
  for (const [raw, clean] of [
    ["MiniMax", "minimax"],
    ["hailuo-2.3", "hailuo-2-3"],
    ["Virtual Try-On", "virtual-try-on"],
    ["wan 2.6", "wan-2-6"],
    ["ultra_pixel", "ultra_pixel"],
    [" seedream-v5-lite-uncensored", "seedream-v5-lite-uncensored"],
    ["", ""],
  ] as const) {
    assert.equal(cleanSlug(raw), clean);
  }
});

test("property: a clean slug stays as it is, whatever blanks and capitals it is spelt with", () => {
  const letters = fc.string({ unit: fc.constantFrom(..."abzAZ019 ._-"), minLength: 1, maxLength: 64 });
  fc.assert(
    fc.property(letters, (raw) => {
      const clean = cleanSlug(raw);
      assert.equal(cleanSlug(clean), clean);
      assert.equal(cleanSlug(` ${raw.toUpperCase()}\t`), clean);
      assert.match(clean, /^[a-z0-9_-]*$/);
    }),
  );
});
