import assert from "node:assert/strict";
import { test } from "node:test";
import { stretches } from "./sentences.ts";
import { waveFile } from "./wave.ts";

test("keeps whole sentences together, up to 300 letters, and loses nothing but space", () => {
  const sentence = (word: string) => `${word} `.repeat(20).trim().concat(".");
  const text = ["alpha", "beta", "gamma", "delta", "epsilon"].map(sentence).join("  \n ");
  const parts = stretches(text);
  assert.ok(parts.length > 1 && parts.every((part) => part.length <= 300 && part.endsWith(".")), `${parts.length}`);
  assert.equal(parts.join(" "), text.replace(/\s+/g, " "));
});

test("cuts an endless sentence at commas, else between words, else anywhere", () => {
  const commas = `${"one two three four, ".repeat(30)}end`;
  assert.ok(
    stretches(commas)
      .slice(0, -1)
      .every((part) => part.endsWith(",") && part.length <= 300),
  );
  const words = "word ".repeat(200);
  assert.ok(stretches(words).every((part) => /^word( word)*$/.test(part)));
  const letters = stretches("x".repeat(1000));
  assert.deepEqual(
    letters.map((part) => part.length),
    [300, 300, 300, 100],
  );
});

test("leaves out what cannot be said", () => {
  assert.deepEqual(stretches(" \n\n … !? \n -- "), []);
  assert.deepEqual(stretches('He said "Stop." Then he left.'), ['He said "Stop." Then he left.']);
});

test("writes sound as WAV, clipped where it is too loud", () => {
  const file = waveFile([Float32Array.of(0, 0.5), Float32Array.of(-2, 1)], 24_000);
  assert.equal(file.toString("latin1", 0, 4) + file.toString("latin1", 8, 16), "RIFFWAVEfmt ");
  assert.deepEqual([file.readUInt32LE(24), file.readUInt16LE(34), file.readUInt32LE(40)], [24_000, 16, 8]);
  assert.deepEqual(
    [0, 2, 4, 6].map((at) => file.readInt16LE(44 + at)),
    [0, 16_384, -32_767, 32_767],
  );
});
