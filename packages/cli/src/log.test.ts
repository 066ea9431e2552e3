import assert from "node:assert/strict";
import { test } from "node:test";
import { logLine } from "./log.ts";

const time = new Date("2026-11-25T12:00:00.123Z");

test("text is for people: time, part, message", () => {
  const line = logLine("text", { time, part: "server", message: "worker a connected", facts: { worker: "a" } });
  assert.equal(line, "2026-11-25T12:00:00.123Z server: worker a connected\n");
});

test("JSON is one line each, whatever is in the message, with the facts that are known", () => {
  const message = 'a stack\n    at "here"\u2028';
  const line = logLine("json", { time, part: "worker", message, facts: { level: "warn", task: 7, model: "me/shout" } });
  assert.equal(line.indexOf("\n"), line.length - 1);
  assert.deepEqual(JSON.parse(line), {
    time: "2026-11-25T12:00:00.123Z",
    level: "warn",
    part: "worker",
    task: "7",
    model: "me/shout",
    message,
  });
  const plain = JSON.parse(logLine("json", { time, part: "serve", message: "x", facts: {} }));
  assert.deepEqual(Object.keys(plain), ["time", "level", "part", "message"]);
  assert.equal(plain.level, "info");
});
