import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { isProgram } from "@modelyard/contract";
import { SHIPPED_MODELS } from "@modelyard/testing";
import { readModelFolder } from "./folder.ts";
import { forWorkers } from "./policy-worker.ts";

test("workers hear nothing of conditions, and all of the rest", () => {
  const { manifest } = readModelFolder(join(SHIPPED_MODELS, "modelyard/place-on-background"));
  assert.ok(isProgram(manifest));
  assert.match(JSON.stringify(manifest), /"when":\{"backdrop":"picture"\}/);
  const told = forWorkers(manifest);
  assert.doesNotMatch(JSON.stringify(told), /"when"/);
  const backdrop = told.inputs[0]?.items.find(({ id }) => id === "inputBackground");
  assert.deepEqual(backdrop?.accept, ["image/*"]);
  assert.deepEqual({ ...told, inputs: [] }, { ...manifest, inputs: [] });
});
