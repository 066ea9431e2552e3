import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import test from "node:test";
import { findTestFiles, spread } from "./files.js";

test("finds the tests of every place, and only those", async (t) => {
  const base = await mkdtemp(join(tmpdir(), "modelyard-files-"));
  t.after(() => rm(base, { recursive: true, force: true }));
  const tests = [
    "e2e/faults/kill.test.ts",
    "e2e/run.test.ts",
    "models/acme/echo/run.test.ts",
    "packages/server/src/tasks/service.test.ts",
    "scripts/lib/lock.test.js",
  ];
  const others = [
    "packages/server/dist/old.test.ts",
    "packages/server/src/node_modules/x/y.test.ts",
    "packages/server/src/tasks/service.ts",
    "packages/server/src/fixtures/broken.test.ts",
  ];
  for (const path of [...tests, ...others]) {
    await mkdir(join(base, dirname(path)), { recursive: true });
    await writeFile(join(base, path), "");
  }
  assert.deepEqual(await findTestFiles({ base }), tests);
  assert.deepEqual(await findTestFiles({ base, mode: "faults" }), ["e2e/faults/kill.test.ts"]);
  assert.deepEqual(await findTestFiles({ base, filters: ["./packages/server"] }), [tests[3]]);
});

test("each kind of test is spread over the run, in its own order", () => {
  const files = [
    "e2e/a",
    "e2e/b",
    "e2e/faults/a",
    "e2e/faults/b",
    "models/x/a",
    "packages/1/a",
    "packages/1/b",
    "packages/2/a",
  ];
  assert.deepEqual(spread(files), [
    "packages/1/a",
    "e2e/a",
    "e2e/faults/a",
    "models/x/a",
    "packages/1/b",
    "e2e/b",
    "e2e/faults/b",
    "packages/2/a",
  ]);
});
