import assert from "node:assert/strict";
import { test } from "node:test";
import { daysBetween, readUsageSearch } from "./usage-search.ts";

test("an address that cannot be used shows the default", () => {
  assert.deepEqual(readUsageSearch({ by: "nothing", from: "yesterday", to: "2026-13-01" }), {
    by: undefined,
    from: undefined,
    to: undefined,
  });
  assert.deepEqual(readUsageSearch({ by: "model", from: "2026-01-31", to: "2026-02-01" }), {
    by: "model",
    from: "2026-01-31",
    to: "2026-02-01",
  });
});

test("days over the end of a month, and none the wrong way round", () => {
  assert.deepEqual(daysBetween("2026-02-27", "2026-03-01"), ["2026-02-27", "2026-02-28", "2026-03-01"]);
  assert.deepEqual(daysBetween("2026-03-02", "2026-03-01"), []);
  assert.equal(daysBetween("2000-01-01", "2026-01-01").length, 400);
});
