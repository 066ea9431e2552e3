import assert from "node:assert/strict";
import { test } from "node:test";
import { readinessOf } from "./readiness.ts";
import type { ModelState } from "./registry.ts";

const worker = (state?: ModelState["state"], open = true) => ({
  open,
  models: new Map(state ? [["v1", { state }]] : []),
});

test("one worker that has it is enough; one that takes nothing more does not count", () => {
  const of = (...workers: ReturnType<typeof worker>[]) => readinessOf({ version: "v1" }, workers);
  assert.equal(of(), "none");
  assert.equal(of(worker()), "cold");
  assert.equal(of(worker("unavailable")), "none");
  assert.equal(of(worker("unavailable"), worker("installing")), "cold");
  assert.equal(of(worker("missing"), worker("ready")), "ready");
  assert.equal(of(worker("ready", false)), "none");
  assert.equal(of(worker("ready", false), worker("missing")), "cold");
});
