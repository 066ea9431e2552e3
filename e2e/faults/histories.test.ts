/** L1, L3, L4 and T2 over random histories of tasks and money, with the auditor after each one. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { FIXTURE_MODELS, STORES, temporaryFolder } from "@modelyard/testing";
import { checkHistories } from "./support/check-histories.ts";
import { choose, seeded } from "./support/mode.ts";

for (const store of STORES) {
  const sqlite = store.kind === "sqlite";
  const runs = sqlite ? choose(200, 10_000) : choose(30, 1_000);
  const ops = choose(40, 200);
  test(`${runs} histories of up to ${ops} operations on ${store.kind}`, async (t) => {
    const { seed } = seeded(t);
    const { histories, effective } = await checkHistories({
      runs,
      ops,
      seed,
      modelDirs: [FIXTURE_MODELS],
      place: async () => ({ ...(await store.create()), dataDir: temporaryFolder("history") }),
    });
    t.diagnostic(`${histories} histories, ${effective} operations that changed something`);
    assert.ok(effective > histories * 5, `only ${effective} operations changed something`);
  });
}
