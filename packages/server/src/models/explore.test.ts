import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { FIXTURE_MODELS, REPOSITORY, SHIPPED_MODELS, temporaryFolder } from "@modelyard/testing";
import type { CatalogueModel } from "./catalogue.ts";
import { findModelFolders, readModelFolder } from "./folder.ts";
import { homeRows, readExplore, unknownNames } from "./policy-explore.ts";
import { createExplore } from "./service-explore.ts";

const readAll = (root: string): CatalogueModel[] =>
  findModelFolders(root)
    .map(readModelFolder)
    .filter(({ manifest }) => manifest.lifecycle !== "retired")
    .map((folder, index) => ({ ...folder, id: index + 1, cleanOwner: folder.owner, cleanSlug: folder.slug }));
const fixtures = ["echo", "wait", "noop", "talk", "picture", "priced"].map((slug, index) => ({
  ...readModelFolder(join(FIXTURE_MODELS, "test", slug)),
  id: index + 1,
  cleanOwner: "test",
  cleanSlug: slug,
}));
const stat = { successes: 0, errors: 0, elapsed: 0, cost: 0n, lastRunAt: 0 };
const rating = { average: 0, rated: 0, comments: 0 };
const known = (listed: readonly CatalogueModel[], runs: Record<number, number> = {}) => ({
  listed,
  statOf: (id: number) => ({ ...stat, runs: runs[id] ?? 0, rating }),
  needsMore: ({ manifest, id }: CatalogueModel) => manifest.pull === true || id === 1,
  addedAt: ({ id }: CatalogueModel) => (id === 2 ? 99 : 0),
});
const shape = (rows: ReturnType<typeof homeRows>) =>
  Object.fromEntries(rows.map(({ id, models }) => [id, models.map(({ slug }) => slug)]));

test("chosen rows stand in their order, then the most used and the newest models, then the other categories", () => {
  const chosen = [
    { title: "Start", models: ["test/echo", "Test/Wait", "test/nothing", "test/noop"] },
    { title: "Talking", category: "llm" },
    { title: "Nothing", models: ["no/no"] },
  ];
  const rows = shape(homeRows(chosen, known(fixtures, { 1: 9, 3: 1, 4: 5 })));
  assert.deepEqual(Object.keys(rows), ["chosen-1", "chosen-2", "most-used", "newest", "text-to-image", "tool"]);
  assert.deepEqual(rows["chosen-1"], ["wait", "noop", "echo"], "what cannot run comes last");
  assert.deepEqual(rows["chosen-2"], ["talk"]);
  assert.deepEqual(rows["most-used"], ["talk", "noop", "echo"]);
  assert.deepEqual(rows.newest, ["wait", "priced", "picture", "talk", "noop", "echo"]);
  assert.deepEqual(rows.tool, ["talk", "noop", "wait", "picture", "priced", "echo"]);
  assert.deepEqual(unknownNames(chosen, fixtures), [
    'row "Start": there is no model test/nothing',
    'row "Nothing": there is no model no/no',
  ]);
});

test("without runs nothing is most used, and where there are few models none is new", () => {
  assert.deepEqual(Object.keys(shape(homeRows([], known(fixtures.slice(0, 4))))), ["llm", "tool"]);
});

test("a file: what is wrong with it is said with its place, and the rest is used", () => {
  const text =
    "rows:\n  - { title: A, models: [a/b] }\n  - { title: B }\n  - { title: C, categories: x }\n  - { title: D, category: llm }";
  const { rows, problems } = readExplore(text);
  assert.deepEqual(rows, [
    { title: "A", models: ["a/b"] },
    { title: "D", category: "llm" },
  ]);
  assert.match(problems.join("\n"), /rows 2: it needs either models or a category/);
  assert.match(problems.join("\n"), /rows 3: .*categories/);
  assert.match(readExplore("rows: [").problems.join(), /line 1: this is not YAML/);
  assert.match(readExplore("- a").problems.join(), /needs a list with the name rows/);
  assert.deepEqual(readExplore("rows: []"), { rows: [], problems: [] });
});

test("the operator's file wins, is read again when it changes, and its mistakes are said once", async () => {
  const pagesDir = join(temporaryFolder("explore"), "pages");
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);
  const explore = createExplore({ pagesDir, docsDir: join(REPOSITORY, "docs"), log });
  const titles = async () => (await explore.chosen(fixtures)).map(({ title }) => title);
  assert.equal((await titles())[0], "Start here");
  assert.deepEqual(lines, [], "models that do not ship here are no mistake of the operator's");
  mkdirSync(pagesDir, { recursive: true });
  const file = join(pagesDir, "explore.yaml");
  writeFileSync(file, "rows: [{ title: Mine, models: [test/echo, test/none] }]");
  assert.deepEqual([await titles(), await titles()], [["Mine"], ["Mine"]]);
  assert.deepEqual(lines, [`${file}: row "Mine": there is no model test/none`]);
  writeFileSync(file, "rows: [{ title: Mine, models: [test/echo] }");
  assert.deepEqual(await titles(), ["Mine"], "what could be read last stays");
  assert.match(lines[1] ?? "", /explore\.yaml: line 1: this is not YAML/);
  rmSync(file);
  assert.equal((await titles())[0], "Start here");
  assert.equal(lines.length, 2);
});

test("the choice that ships names models that ship and can run at once", async () => {
  const shipped = readAll(SHIPPED_MODELS);
  const explore = createExplore({ pagesDir: "/nowhere", docsDir: join(REPOSITORY, "docs"), log: () => undefined });
  const chosen = await explore.chosen(shipped);
  assert.ok(chosen.length >= 3);
  assert.deepEqual(unknownNames(chosen, shipped), []);
  const byName = new Map(shipped.map((model) => [`${model.owner}/${model.slug}`, model]));
  for (const name of chosen.flatMap(({ models = [] }) => models)) {
    const manifest = byName.get(name)?.manifest;
    assert.ok(manifest && !manifest.pull && manifest.lifecycle !== "preview", name);
    const parts = manifest.runner.type === "app" ? manifest.runner.steps.map(({ model }) => model) : [];
    for (const part of parts) assert.ok(byName.get(part)?.manifest.pull === false, `${name} needs ${part}`);
  }
});
