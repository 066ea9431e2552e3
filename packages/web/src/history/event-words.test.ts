import assert from "node:assert/strict";
import { test } from "node:test";
import type { TaskEventType } from "@modelyard/contract";
import { attemptsIn, bodyWords, passedWords } from "./event-words.ts";

const log = (...events: [TaskEventType, number][]) =>
  events.map(([type, at], index) => ({ seq: index + 1, type, at, body: null }));

test("attempts: lost ones, and how the last one ended", () => {
  assert.deepEqual(attemptsIn(log(["task_queue", 0])), []);
  assert.deepEqual(
    attemptsIn(
      log(["task_queue", 0], ["task_accept", 10], ["task_start", 20], ["task_queue", 70], ["task_accept", 100]),
    ),
    [
      { at: 10, ms: 60, end: "lost" },
      { at: 100, ms: undefined, end: "goes on" },
    ],
  );
  assert.deepEqual(attemptsIn(log(["task_queue", 0], ["task_accept", 10], ["task_postprocess_end", 40])), [
    { at: 10, ms: 30, end: "ended" },
  ]);
  // Stopped while it waited again: that is no end of the attempt before.
  assert.deepEqual(attemptsIn(log(["task_queue", 0], ["task_accept", 10], ["task_queue", 20], ["task_cancel", 900])), [
    { at: 10, ms: 10, end: "lost" },
  ]);
});

test("bodies in a line, times with a decimal", () => {
  assert.equal(bodyWords(null), "");
  assert.equal(bodyWords({ kind: "full", raw: "everything" }), "");
  assert.equal(bodyWords({ kind: "text", text: "one\n  two" }), "one two");
  assert.equal(bodyWords({ kind: "tokens", answer: "a harbour" }), "a harbour");
  assert.equal(
    bodyWords({ kind: "progress", percentage: 33.3, task: "Drawing", step: 1, total: 3 }),
    "33 %, Drawing 1 of 3",
  );
  assert.equal(bodyWords({ kind: "text", text: "x".repeat(500) }).length, 122);
  assert.deepEqual([4, 5_660, 12_340, 125_000].map(passedWords), ["0.0 s", "5.7 s", "12.3 s", "2 min 5 s"]);
});
