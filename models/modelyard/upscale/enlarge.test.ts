import assert from "node:assert/strict";
import { test } from "node:test";
import { enlarge, type Network } from "./enlarge.ts";

/** Stands for a network: each pixel four times. Whatever `enlarge` cuts and joins wrongly shows in its result. */
const repeat: Network = async (pixels, width, height) => {
  const larger = new Uint8Array(pixels.length * 4);
  for (let y = 0; y < height * 2; y++)
    for (let x = 0; x < width * 2; x++) {
      const from = ((y >> 1) * width + (x >> 1)) * 3;
      larger.set(pixels.subarray(from, from + 3), (y * width * 2 + x) * 3);
    }
  return larger;
};

for (const [width, height] of [
  [1, 1],
  [128, 128],
  [300, 131],
] as const) {
  test(`puts the squares of ${width} × ${height} pixels where they belong`, async () => {
    const pixels = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 7919) % 251);
    const parts: number[] = [];
    const onProgress = (part: number) => void parts.push(part);
    const signal = new AbortController().signal;
    const larger = await enlarge({ pixels, width, height, network: repeat, signal, onProgress });
    assert.deepEqual(larger, await repeat(pixels, width, height));
    assert.equal(parts.at(-1), 1);
    assert.deepEqual(
      parts,
      [...parts].sort((a, b) => a - b),
    );
  });
}
