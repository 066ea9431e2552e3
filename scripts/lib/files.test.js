import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import test from "node:test";
import { findTestFiles } from "./files.js";

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
