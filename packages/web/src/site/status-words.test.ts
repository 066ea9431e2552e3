import assert from "node:assert/strict";
import { test } from "node:test";
import { availability, dayWords, percent, timeUtc } from "./status-words.ts";

test("a missing minute is never rounded away", () => {
  assert.equal(percent(129_599 / 129_600), "99.99 %");
  assert.equal(percent(1), "100 %");
  const days = [
    { day: "2026-11-24", minutes: "1440", up: "1440", running: "720", paused: "0" },
    { day: "2026-11-25", minutes: "60", up: "60", running: "30", paused: "30" },
  ];
  assert.equal(
    availability(days, ({ up }) => up),
    "100 %",
  );
  assert.equal(
    availability(days, ({ running }) => running),
    "50 %",
  );
  assert.equal(
    availability([], ({ up }) => up),
    undefined,
  );
});

test("days and times as everybody reads them", () => {
  assert.equal(
    dayWords({ day: "2026-11-25", minutes: "60", up: "60", running: "0", paused: "0" }, "0"),
    "2026-11-25: 0 % of 60 minutes",
  );
  assert.equal(
    dayWords({ day: "2026-11-25", minutes: "60", up: "60", running: "59", paused: "1" }, "59", "1"),
    "2026-11-25: 98.33 % of 60 minutes, 1 minute of pause",
  );
  assert.equal(timeUtc("1795602901"), "2026-11-25 10:35");
});
