import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { FIXTURE_MODELS } from "@modelyard/testing";
import type { CatalogueModel } from "./catalogue.ts";
import { readModelFolder } from "./folder.ts";
import { findModels, mostUsed, readQuery } from "./search.ts";

const model = (slug: string, id: number): CatalogueModel => ({
  ...readModelFolder(join(FIXTURE_MODELS, "test", slug)),
  id,
  cleanOwner: "test",
  cleanSlug: slug,
});
const [echo, wait, noop, talk] = [model("echo", 1), model("wait", 2), model("noop", 3), model("talk", 4)];
const all = [echo, wait, noop, talk];

/** Echo cannot run any more, and was used most. */
const facts = {
  statOf: (id: number) => ({
    runs: { 1: 9, 2: 5, 3: 7 }[id] ?? 0,
    successes: 0,
    errors: 0,
    elapsed: 0,
    cost: 0n,
    lastRunAt: 0,
    rating: { average: 0, rated: 0, comments: 0 },
  }),
  needsMore: ({ id }: CatalogueModel) => id === 1,
};
const slugs = (found: readonly CatalogueModel[]) => found.map(({ slug }) => slug);
const found = (fields: Record<string, unknown>, like?: CatalogueModel) =>
  slugs(findModels(all, readQuery(fields), { ...facts, like }).models);

test("what cannot run comes last however much it was used, where that is asked for, or is left out", () => {
  assert.deepEqual(slugs(mostUsed(all, facts)), ["noop", "wait", "talk", "echo"]);
  assert.deepEqual(found({ sort: "runs" }), ["echo", "noop", "wait", "talk"]);
  assert.deepEqual(found({ sort: "runs", runnable: "first" }), ["noop", "wait", "talk", "echo"]);
  assert.deepEqual(found({ sort: "id", runnable: "first" }), ["talk", "noop", "wait", "echo"]);
  assert.deepEqual(found({ sort: "id", runnable: "only" }), ["talk", "noop", "wait"]);
  assert.deepEqual(found({ sort: "id", runnable: "whatever" }), ["talk", "noop", "wait", "echo"]);
});

test("models that share an input with one: the same id, and the same kind of value", () => {
  assert.deepEqual(found({ sort: "id", like: "test/echo" }, echo), ["talk", "noop", "echo"]);
  assert.deepEqual(found({ sort: "id", like: "test/wait" }, wait), ["wait"]);
  assert.deepEqual(found({ sort: "id", like: "test/nothing" }), []);
});
