import assert from "node:assert/strict";
import { test } from "node:test";
import { type EventBody, emptyTranscript, foldFrame, type Output, type TaskEventType } from "@modelyard/contract";
import { createPrinter } from "./run-printer.ts";

function printing(isTTY: boolean) {
  const said = { out: "", err: "" };
  const printer = createPrinter({
    stdout: { isTTY, write: (text) => (said.out += text) },
    stderr: { isTTY, write: (text) => (said.err += text) },
  });
  const transcript = emptyTranscript();
  let seq = 0;
  const hear = (type: TaskEventType, body: EventBody | null = null) =>
    printer.frame(foldFrame({ id: "1", token: "t" }, { seq: ++seq, type, at: 0, body }, transcript));
  return { said, printer, hear };
}

const answer = (text: string): Output => ({
  contenttype: "raw",
  content: { prompt: "", raw: text, thinking: [], answer: [text], message: text },
});

test("on a terminal the thinking and the answer appear as they are written", () => {
  const { said, printer, hear } = printing(true);
  hear("task_output", { kind: "tokens", thinking: "hm" });
  hear("task_output", { kind: "tokens", answer: "one" });
  hear("task_output", { kind: "tokens", answer: " two" });
  printer.result([answer("one two")]);
  assert.deepEqual(said, { out: "one two\n", err: "hm\n" });
});

test("elsewhere the answer comes once, at the end, also when an attempt was lost", () => {
  const { said, printer, hear } = printing(false);
  hear("task_output", { kind: "tokens", answer: "on" });
  hear("task_queue");
  hear("task_output", { kind: "tokens", answer: "one" });
  assert.equal(said.out, "");
  printer.result([answer("one")]);
  assert.deepEqual(said, { out: "one\n", err: "\nthe worker was lost; the run begins anew\n" });
});

test("progress takes one line on a terminal and a line every ten percent elsewhere; text keeps its own lines", () => {
  const steps = (isTTY: boolean) => {
    const { said, printer, hear } = printing(isTTY);
    for (const percentage of [0, 4, 12, 100]) hear("task_output", { kind: "progress", percentage });
    hear("task_error", { kind: "text", text: "careful" });
    printer.result([]);
    return said.err;
  };
  assert.equal(steps(false), "  0 % Generate\n 12 % Generate\n100 % Generate\ncareful\n");
  const line = "\r\u001b[K";
  assert.equal(
    steps(true),
    `${line}  0 % Generate${line}  4 % Generate${line} 12 % Generate${line}100 % Generate\ncareful\n`,
  );
});
