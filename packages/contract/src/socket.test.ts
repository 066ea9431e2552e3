import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ClientMessage, emptyTranscript, Frame, foldFrame } from "./socket.ts";
import type { TaskEventType } from "./task.ts";
import type { EventBody, TaskEvent } from "./task-event.ts";

const TASK = { id: "7", token: "a".repeat(30) };

function event(seq: number, type: TaskEventType, body: EventBody | null = null): TaskEvent {
  return { seq, type, at: 1_700_000_000_000, body };
}

/** Frames of these events, each checked with the schema. */
function fold(events: readonly TaskEvent[]): Frame[] {
  const transcript = emptyTranscript();
  return events.map((one) => Frame.parse(foldFrame(TASK, one, transcript)));
}

test("frames of every kind of event (wire contract 10)", () => {
  const head = { id: "7", tasktoken: TASK.token, result: true };
  const frames = fold([
    event(1, "task_queue"),
    event(2, "task_output", { kind: "text", text: "hello\n" }),
    event(3, "task_error", { kind: "text", text: "careful" }),
    event(4, "task_output", {
      kind: "progress",
      percentage: 45,
      task: "Sampling",
      step: 9,
      total: 20,
      speed: 8.100000000004,
      speedType: "it/s",
      elapsed: 1,
      remaining: 2,
    }),
    event(5, "task_output", { kind: "progress", percentage: 0 }),
    event(6, "task_output_full", { kind: "full", raw: "hello\n" }),
    event(7, "task_output_full", { kind: "full", raw: "ab", thinking: ["a"], answer: ["b"] }),
  ]);
  assert.deepEqual(frames, [
    { ...head, type: "task_queue", seq: 1, message: null },
    { ...head, type: "task_output", seq: 2, message: "hello\n" },
    { ...head, type: "task_error", seq: 3, message: "careful" },
    {
      ...head,
      type: "task_output",
      seq: 4,
      message: {
        type: "progressGenerate",
        task: "Sampling",
        percentage: "45",
        stepCurrent: "9",
        stepTotal: "20",
        speed: "8.1",
        speedType: "it/s",
        elapsedTime: "1",
        remainingTime: "2",
      },
    },
    {
      ...head,
      type: "task_output",
      seq: 5,
      message: {
        type: "progressGenerate",
        task: "Generate",
        percentage: "0",
        stepCurrent: "",
        stepTotal: "",
        speed: "",
        speedType: "",
        elapsedTime: "",
        remainingTime: "",
      },
    },
    { ...head, type: "task_output_full", seq: 6, message: { raw: "hello\n" } },
    { ...head, type: "task_output_full", seq: 7, message: { raw: "ab", thinking: ["a"], answer: ["b"] } },
  ]);
});

const pieces = fc.array(fc.record({ text: fc.string(), thinking: fc.boolean() }), { minLength: 1, maxLength: 30 });
const tokens = (list: readonly { text: string; thinking: boolean }[]) =>
  list.map(({ text, thinking }, n) =>
    event(n + 1, "task_output", { kind: "tokens", ...(thinking ? { thinking: text } : { answer: text }) }),
  );

test("property: a token frame carries all text so far, however it was split", () => {
  fc.assert(
    fc.property(pieces, (list) => {
      const frames = fold(tokens(list));
      for (const [n, frame] of frames.entries()) {
        const said = (thinking: boolean) =>
          list
            .slice(0, n + 1)
            .filter((piece) => piece.thinking === thinking)
            .map(({ text }) => text)
            .join("");
        const { raw, thinking, answer, isThinking } = frame.message as {
          raw: string;
          thinking: string[];
          answer: string[];
          isThinking: boolean;
        };
        assert.equal(thinking.join(""), said(true));
        assert.equal(answer.join(""), said(false));
        assert.equal(raw, said(true) + said(false));
        assert.equal(isThinking, said(false) === "" && said(true) !== "");
      }
    }),
  );
});

test("property: a subscriber who folds only the rest on what came before sees what everybody sees", () => {
  fc.assert(
    fc.property(pieces, fc.nat(30), (list, cut) => {
      const events = tokens(list);
      const transcript = emptyTranscript();
      for (const one of events.slice(0, cut)) foldFrame(TASK, one, transcript);
      assert.deepEqual(
        events.slice(cut).map((one) => foldFrame(TASK, one, transcript)),
        fold(events).slice(cut),
      );
    }),
  );
});

test("a new attempt begins its text again", () => {
  const said = tokens([{ text: "half an ans", thinking: false }]);
  const frames = fold([
    ...said,
    event(2, "task_queue"),
    event(3, "task_accept"),
    event(4, "task_output", { kind: "tokens", answer: "whole" }),
  ]);
  const last = frames.at(-1) as Frame;
  assert.equal((last.message as { raw: string }).raw, "whole");
});

test("what a client may say", () => {
  assert.deepEqual(ClientMessage.parse({ type: "task_info", tasktoken: "x", after: 3, extra: 1 }), {
    type: "task_info",
    tasktoken: "x",
    after: 3,
  });
  for (const wrong of [
    null,
    7,
    [],
    {},
    { type: "task_info" },
    { type: "x", tasktoken: "x" },
    { type: "task_info", tasktoken: "x".repeat(65) },
    { type: "task_info", tasktoken: "x", after: -1 },
    { type: "task_info", tasktoken: "x", after: 1.5 },
  ]) {
    assert.ok(!ClientMessage.safeParse(wrong).success, JSON.stringify(wrong));
  }
});
