import assert from "node:assert/strict";
import { test } from "node:test";
import type { Manifest } from "@modelyard/contract";
import fc from "fast-check";
import { type Capacity, lacking, type Need, needOf, roomBeside } from "./capacity.ts";

const gpu = (index: number, vram: number) => ({ index, name: "test", vram });
const machine: Capacity = { slots: 8, memory: 16_000, gpus: [gpu(0, 24_000), gpu(1, 8_000), gpu(2, 8_000)] };
const need = (change: Partial<Need> = {}): Need => ({ slots: 1, memory: 512, gpus: 0, vram: 0, ...change });
const sum = (held: readonly Need[]) => ({
  slots: held.reduce((n, one) => n + one.slots, 0),
  memory: held.reduce((n, one) => n + one.memory, 0),
});
const room = (held: readonly Need[], wanted: Need) => roomBeside(machine, sum(held), held, wanted);

test("the scarcest of slots, memory and GPUs decides", () => {
  for (const [wanted, expected] of [
    [need(), 8],
    [need({ slots: 3 }), 2],
    [need({ memory: 6_000 }), 2],
    [need({ memory: 0 }), 8],
    [need({ gpus: 1 }), 3],
    [need({ gpus: 2 }), 1],
    [need({ gpus: 1, vram: 8_000 }), 3],
    [need({ gpus: 1, vram: 9_000 }), 1],
    [need({ gpus: 1, vram: 48_000 }), 0],
    [need({ memory: 16_001 }), 0],
  ] as const) {
    assert.equal(room([], wanted), expected, JSON.stringify(wanted));
  }
});

test("a small run takes a small GPU and leaves the large one", () => {
  const small = need({ gpus: 1, vram: 4_000 });
  assert.equal(room([small, small], need({ gpus: 1, vram: 20_000 })), 1);
  assert.equal(room([small, small, small], need({ gpus: 1, vram: 20_000 })), 0);
});

test("what a machine lacks for good is told from what is only taken", () => {
  assert.equal(lacking(machine, need({ gpus: 4 })), "gpus");
  assert.equal(lacking(machine, need({ gpus: 2, vram: 20_000 })), "vram");
  assert.equal(lacking(machine, need({ memory: 20_000 })), "memory");
  assert.equal(lacking(machine, need({ gpus: 3, memory: 16_000 })), undefined);
  assert.equal(lacking({ ...machine, gpus: [gpu(0, 0)] }, need({ gpus: 1, vram: 80_000 })), undefined);
});

test("a run takes a slot for each core, at most all of them", () => {
  const of = (cpu: number) =>
    needOf({ resources: { cpu, memory: 1, gpus: 0, vram: 0 } } as unknown as Manifest, machine).slots;
  assert.deepEqual([0.2, 1, 1.5, 4, 64].map(of), [1, 1, 2, 4, 8]);
});

test("whatever is admitted one by one fits together", () => {
  const needs = fc.array(
    fc.record({
      slots: fc.integer({ min: 1, max: 4 }),
      memory: fc.integer({ min: 0, max: 5_000 }),
      gpus: fc.integer({ min: 0, max: 2 }),
      vram: fc.constantFrom(0, 4_000, 8_000, 20_000),
    }),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(needs, (wishes) => {
      const held: Need[] = [];
      for (const wish of wishes) if (room(held, wish) > 0) held.push(wish);
      const { slots, memory } = sum(held);
      assert.ok(slots <= machine.slots && memory <= machine.memory);
      assert.ok(held.reduce((n, one) => n + one.gpus, 0) <= machine.gpus.length);
      assert.ok(held.filter((one) => one.vram > 8_000).reduce((n, one) => n + one.gpus, 0) <= 1);
    }),
  );
});
