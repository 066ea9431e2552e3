import assert from "node:assert/strict";
import { test } from "node:test";
import { createNoise } from "./noise.ts";

const mean = (numbers: ArrayLike<number>, of: (value: number, i: number) => number) =>
  Array.from(numbers, of).reduce((sum, value) => sum + value, 0) / numbers.length;

test("numbers are normally distributed", () => {
  for (const seed of [0, 1, 4_294_967_295]) {
    const numbers = createNoise(seed).next(100_000);
    assert.ok(numbers.every(Number.isFinite));
    assert.ok(Math.abs(mean(numbers, (value) => value)) < 0.015);
    assert.ok(Math.abs(mean(numbers, (value) => value ** 2) - 1) < 0.02);
    assert.ok(Math.abs(mean(numbers, (value) => value ** 3)) < 0.05);
    assert.ok(Math.abs(mean(numbers, (value) => value ** 4) - 3) < 0.1);
    // 68.27 % lie within one standard deviation, and neighbours have nothing to do with each other.
    assert.ok(Math.abs(mean(numbers, (value) => (Math.abs(value) < 1 ? 1 : 0)) - 0.6827) < 0.006);
    assert.ok(Math.abs(mean(numbers, (value, i) => value * (numbers[i + 1] ?? 0))) < 0.015);
  }
});

test("a seed decides them, and its neighbour makes others", () => {
  const [one, same, other] = [createNoise(7), createNoise(7), createNoise(8)];
  const numbers = one.next(1000);
  assert.deepEqual(same.next(1000), numbers);
  assert.notDeepEqual(one.next(1000), numbers, "they go on");
  const others = other.next(1000);
  assert.ok(Math.abs(mean(numbers, (value, i) => value * others[i]!)) < 0.15);
  assert.equal(createNoise(1).next(3).length, 3);
});
