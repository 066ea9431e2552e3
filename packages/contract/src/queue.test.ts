import assert from "node:assert/strict";
import { test } from "node:test";
import { LONGEST_DEADLINE_S, PRIORITIES, priorityOf, priorityRank, readQueueWish } from "./queue.ts";

test("without headers a run is of normal priority and waits as long as it takes", () => {
  assert.deepEqual(readQueueWish(undefined, undefined), { priority: "normal", deadlineSeconds: undefined });
});

test("priorities in any spelling, deadlines in whole seconds", () => {
  assert.deepEqual(readQueueWish(" HIGH ", "90"), { priority: "high", deadlineSeconds: 90 });
  assert.deepEqual(readQueueWish("low", String(LONGEST_DEADLINE_S)), {
    priority: "low",
    deadlineSeconds: LONGEST_DEADLINE_S,
  });
  for (const bad of ["", "urgent", "1", "high, low"]) assert.equal(readQueueWish(bad, undefined), "priority", bad);
  for (const bad of ["", "0", "-1", "1.5", "1e3", "x", String(LONGEST_DEADLINE_S + 1), "9999999"])
    assert.equal(readQueueWish(undefined, bad), "deadline", bad);
});

test("ranks order priorities and lead back to them", () => {
  assert.deepEqual(
    [...PRIORITIES].sort((a, b) => priorityRank(b) - priorityRank(a)),
    ["high", "normal", "low"],
  );
  for (const priority of PRIORITIES) assert.equal(priorityOf(priorityRank(priority)), priority);
});
