import assert from "node:assert/strict";
import { test } from "node:test";
import { childOf, formatTraceparent, parseTraceparent } from "./context.ts";

const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
const span = "00f067aa0ba902b7";

test("a traceparent is read and written back", () => {
  const context = parseTraceparent(`00-${trace}-${span}-01`);
  assert.deepEqual(context, { traceId: trace, spanId: span, sampled: true });
  assert.equal(context && formatTraceparent(context), `00-${trace}-${span}-01`);
  assert.equal(parseTraceparent(`00-${trace}-${span}-00`)?.sampled, false);
  assert.equal(parseTraceparent(`00-${trace}-${span}-03`)?.sampled, true, "further flags are ignored");
  assert.equal(parseTraceparent(`01-${trace}-${span}-01-later`)?.spanId, span, "a later version may say more");
});

test("what is none counts as absent", () => {
  for (const text of [
    undefined,
    "",
    "x",
    `ff-${trace}-${span}-01`,
    `00-${trace}-${span}-01-more`,
    `00-${"0".repeat(32)}-${span}-01`,
    `00-${trace}-${"0".repeat(16)}-01`,
    `00-${trace.toUpperCase()}-${span}-01`,
    `00-${trace}-${span}`,
    ` 00-${trace}-${span}-01`,
  ]) {
    assert.equal(parseTraceparent(text), undefined, text);
  }
});

test("a child stays in its parent's trace and keeps its decision; without a parent it starts one", () => {
  const parent = { traceId: trace, spanId: span, sampled: false };
  const child = childOf(parent);
  assert.deepEqual({ ...child, spanId: span }, parent);
  assert.notEqual(child.spanId, span);
  const root = childOf(undefined);
  assert.ok(parseTraceparent(formatTraceparent(root))?.sampled);
  assert.notEqual(root.traceId, childOf(undefined).traceId);
});
