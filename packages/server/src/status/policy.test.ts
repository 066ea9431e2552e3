import assert from "node:assert/strict";
import { test } from "node:test";
import { DAY, dayOf, gapsOf, MINUTE, type Seen } from "./policy.ts";

const START = Date.UTC(2026, 10, 20);
const at = (minute: number, change: Partial<Seen> = {}): Seen => ({
  at: START + minute * MINUTE,
  workers: 1,
  paused: 0,
  ...change,
});
const through = (from: number, to: number, change: Partial<Seen> = {}) =>
  Array.from({ length: to - from }, (_, index) => at(from + index, change));

test("a day counts what has passed of it since the first sample, and never more than there is", () => {
  const samples = [...through(0, 60), ...through(90, 120, { workers: 0 })];
  assert.deepEqual(dayOf(START, samples, { since: START, now: START + 120 * MINUTE }), {
    day: "2026-11-20",
    minutes: "120",
    up: "90",
    running: "60",
    paused: "0",
  });
  // The history began in the middle of it.
  const later = through(600, 660);
  assert.equal(dayOf(START, later, { since: START + 600 * MINUTE, now: START + DAY }).minutes, "840");
  // The first minute of all is not over yet.
  assert.deepEqual(dayOf(START, [at(0)], { since: START, now: START + 1000 }), {
    day: "2026-11-20",
    minutes: "1",
    up: "1",
    running: "1",
    paused: "0",
  });
});

const time = (minute: number) => String((START + minute * MINUTE) / 1000);

test("minutes without a sample are a time of being down, those without a worker one of standing still, a pause is a pause", () => {
  const samples = [
    ...through(0, 10),
    ...through(30, 40),
    ...through(40, 50, { paused: 1 }),
    ...through(50, 55, { workers: 0 }),
    ...through(55, 60),
  ];
  assert.deepEqual(gapsOf(samples), [
    { kind: "stopped", from: time(50), to: time(55) },
    { kind: "paused", from: time(40), to: time(50) },
    { kind: "down", from: time(10), to: time(30) },
  ]);
});

test("what a day counts as missing is told of, down to a minute", () => {
  const samples = [
    ...through(0, 8),
    at(8, { paused: 1 }),
    ...through(9, 12),
    ...through(13, 15),
    at(15, { workers: 0 }),
    ...through(16, 20),
  ];
  const day = dayOf(START, samples, { since: START, now: START + 20 * MINUTE });
  assert.deepEqual([day.minutes, day.up, day.running, day.paused], ["20", "19", "17", "1"]);
  assert.deepEqual(
    gapsOf(samples).map(({ kind, from, to }) => [kind, from, to]),
    [
      ["stopped", time(15), time(16)],
      ["down", time(12), time(13)],
      ["paused", time(8), time(9)],
    ],
  );
});

test("what goes on has no end; a crash ends a time of standing still", () => {
  assert.deepEqual(gapsOf(through(0, 10, { workers: 0 })), [{ kind: "stopped", from: String(START / 1000), to: "0" }]);
  const crashed = [...through(0, 5, { workers: 0 }), ...through(20, 25)];
  assert.deepEqual(
    gapsOf(crashed).map(({ kind }) => kind),
    ["down", "stopped"],
  );
  assert.deepEqual(gapsOf([]), []);
});
