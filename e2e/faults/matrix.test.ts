/** The fault matrix says what is: every test it names exists, every test of faults is in it, no row of the list is missing. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { REPOSITORY } from "@modelyard/testing";
import { MATRIX, matrixText } from "./matrix.ts";

/** The faults of the list that this matrix answers; a new one is added here first. */
const WANTED =
  `worker-kill server-kill database-kill power-cut worker-stop server-stop clock-jump disk-full disk-error descriptors memory
  processor network database-lock hostile-model slow-clients input-address callback-receiver claim-race bit-flip signals migration-crash
  old-worker money`.split(/\s+/);

const sourceOf = (file: string): string => readFileSync(join(REPOSITORY, file), "utf8");

test("no row is missing, none is there twice", () => {
  assert.deepEqual(MATRIX.map(({ id }) => id).toSorted(), WANTED.toSorted());
});

test("every row has a test or says why not, and every test it names exists", () => {
  for (const { id, tests, not } of MATRIX) {
    assert.ok(tests.length > 0 || (not ?? "").length > 20, `${id} has neither a test nor a reason`);
    for (const { file, title } of tests)
      assert.ok(sourceOf(file).includes(title), `${id}: ${file} has no test with "${title}" in its title`);
  }
});

test("every test of faults is in a row, and names its seed where it chooses by chance", () => {
  const named = new Set(MATRIX.flatMap(({ tests }) => tests.map(({ file }) => file)));
  for (const name of readdirSync(join(REPOSITORY, "e2e/faults")).filter((entry) => entry.endsWith(".test.ts"))) {
    const file = `e2e/faults/${name}`;
    if (name !== "matrix.test.ts") assert.ok(named.has(file), `${file} is in no row of the matrix`);
    assert.ok(!sourceOf(file).includes("Math.rand" + "om"), `${file} chooses by chance without a seed`);
  }
});

test("it is printed whole", () => {
  for (const { id, fault } of MATRIX) assert.ok(matrixText().includes(`${id}: ${fault}`));
});
