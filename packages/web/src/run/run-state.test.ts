import assert from "node:assert/strict";
import { test } from "node:test";
import { bareFrame, emptyTranscript, type Frame, foldFrame, type TaskEvent } from "@modelyard/contract";
import { isQueued, NEW_RUN, type RunState } from "./run.ts";
import { reduceRun } from "./run-state.ts";

const task = { id: "1", token: "t".repeat(30) };
const followed = (
  frames: readonly Frame[],
  from: RunState = reduceRun(NEW_RUN, { type: "sent", taskId: "1", token: task.token }),
) => frames.reduce((state, frame) => reduceRun(state, { type: "frame", frame, at: frame.seq * 1000 }), from);
/** Frames as the socket makes them from a task's log. */
function frames(...events: [TaskEvent["type"], TaskEvent["body"]?][]): Frame[] {
  const transcript = emptyTranscript();
  return events.map(([type, body = null], index) => foldFrame(task, { seq: index + 1, type, at: 0, body }, transcript));
}

test("stages come once each, output and errors stay apart, text is cumulative", () => {
  const state = followed(
    frames(
      ["task_queue"],
      ["task_accept"],
      ["task_start"],
      ["task_output", { kind: "text", text: "one" }],
      ["task_error", { kind: "text", text: "warning" }],
      ["task_output", { kind: "text", text: "two\n" }],
      ["task_output", { kind: "progress", percentage: 40, step: 2, total: 5, remaining: 3 }],
      ["task_output", { kind: "tokens", thinking: "hm" }],
      ["task_output", { kind: "tokens", answer: "Hel" }],
      ["task_output", { kind: "tokens", answer: "lo" }],
    ),
  );
  assert.deepEqual(
    state.stages.map(({ type }) => type),
    ["task_queue", "task_accept", "task_start"],
  );
  assert.equal(state.stdout, "one\ntwo\n");
  assert.equal(state.stderr, "warning");
  assert.deepEqual(state.progress, { percentage: 40, task: "Generate", step: "2", total: "5", remaining: 3 });
  assert.equal(state.thinking, "hm");
  assert.equal(state.answer, "Hello");
  assert.equal(state.isThinking, false);
  assert.equal(state.seq, 10);
});

test("a lost worker begins the page anew, and says so", () => {
  const state = followed(
    frames(
      ["task_queue"],
      ["task_accept"],
      ["task_start"],
      ["task_output", { kind: "text", text: "half" }],
      ["task_queue"],
    ),
  );
  assert.equal(state.retries, 1);
  assert.equal(state.stdout, "");
  assert.ok(isQueued(state));
});

test("frames that are sent twice change nothing; the number goes on from the largest", () => {
  const once = followed(frames(["task_queue"], ["task_accept"]));
  const again = followed([bareFrame(task, "task_accept", 2)], once);
  assert.deepEqual(again.stages, once.stages);
  assert.equal(again.seq, 2);
});

test("a log is cut at its beginning, never at its end", () => {
  const long = "x".repeat(150_000);
  const state = followed(
    frames(
      ["task_queue"],
      ["task_start"],
      ["task_output", { kind: "text", text: long }],
      ["task_output", { kind: "text", text: `${long}END` }],
    ),
  );
  assert.ok(state.stdout.length <= 200_000);
  assert.ok(state.stdout.endsWith("END"));
});

test("what was printed before the page connected is filled in at the end", () => {
  const state = followed(
    frames(
      ["task_output_full", { kind: "full", raw: "all of it" }],
      ["task_error_full", { kind: "full", raw: "and this" }],
    ),
  );
  assert.equal(state.stdout, "all of it");
  assert.equal(state.stderr, "and this");
});

test("files on their way are a progress of their own, which ends when the run is taken or refused", () => {
  const sending = reduceRun(NEW_RUN, { type: "uploading", share: 0.25 });
  assert.equal(sending.progress?.percentage, 25);
  assert.equal(sending.phase, "sending");
  assert.equal(reduceRun(sending, { type: "sent", taskId: "1", token: "t" }).progress, undefined);
  assert.equal(reduceRun(sending, { type: "refused", problem: "no" }).progress, undefined);
});
