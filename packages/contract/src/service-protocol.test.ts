/** A sample of every line between worker and model process. Model authors write to this: a change breaks their programs. */
import assert from "node:assert/strict";
import { test } from "node:test";
import samples from "./fixtures/service-protocol.json" with { type: "json" };
import { LINE_LIMIT, ServiceMessage, ServiceRequest } from "./service-protocol.ts";

for (const [name, schema, list] of [
  ["worker to model", ServiceRequest, samples.toModel],
  ["model to worker", ServiceMessage, samples.fromModel],
] as const) {
  test(`${name}: every line has its sample, and each is read as it is`, () => {
    const kinds = schema.options.map((option) => option.shape.type.value);
    assert.deepEqual([...new Set(list.map(({ type }) => type))].sort(), [...kinds].sort());
    for (const sample of list) {
      assert.deepEqual(schema.parse(sample), sample);
      assert.deepEqual(schema.parse({ ...sample, later: 1 }), sample, "a field of a later release is dropped");
      assert.ok(JSON.stringify(sample).length < LINE_LIMIT);
    }
  });
}

test("lines that are none are log text", () => {
  for (const line of [
    null,
    [],
    "ready",
    {},
    { type: "nothing" },
    { type: "progress" },
    { type: "progress", percentage: -1 },
    { type: "progress", percentage: 100.5 },
    { type: "progress", percentage: "50" },
    { type: "progress", percentage: 1, task: "x".repeat(201) },
    { type: "token" },
    { type: "token", text: 7 },
    { type: "token", text: "a", thinking: "yes" },
    { type: "done" },
    { type: "done", id: "" },
    { type: "done", id: "x".repeat(101) },
    { type: "error", id: "1" },
    { type: "error", id: "1", message: "x".repeat(4_001) },
    { type: "log", text: "a", stream: "stdin" },
  ]) {
    assert.ok(!ServiceMessage.safeParse(line).success, JSON.stringify(line).slice(0, 100));
  }
  assert.deepEqual(ServiceMessage.parse({ type: "log", text: "a" }), { type: "log", text: "a", stream: "stdout" });
});
