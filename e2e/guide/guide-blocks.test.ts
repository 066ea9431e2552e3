import assert from "node:assert/strict";
import { test } from "node:test";
import { patternOf, readGuide } from "./guide-blocks.ts";

test("blocks are read with their kinds, and one that says nothing is refused", () => {
  const text = "# x\n\n```sh run\na\nb\n```\n\n```text\none …\n```\n\n```yaml file=x/model.yaml\na: 1\n```\n";
  assert.deepEqual(readGuide(text), [
    { kind: "run", commands: "a\nb\n", prints: "one …\n", line: 3 },
    { kind: "file", path: "x/model.yaml", text: "a: 1\n", line: 12 },
  ]);
  assert.throws(() => readGuide("```sh\nrm -rf x\n```\n"), /line 1: a block of the guide must say/);
  assert.throws(() => readGuide("```text\nnothing before it\n```\n"), /must say/);
});

test("… is anything within a line, and everything else is meant", () => {
  assert.match("a 123 (b)\nc\n", patternOf("a … (b)\nc\n"));
  assert.doesNotMatch("a 1\n2 (b)\nc\n", patternOf("a … (b)\nc\n"));
  assert.doesNotMatch("axb", patternOf("a.b"));
});
