import assert from "node:assert/strict";
import test from "node:test";
import { checkArrows, findImports } from "./arrows.js";

const server = "packages/server/src";

/** [file, import line, part of the message] — no message: allowed */
const cases = [
  ["packages/contract/src/task.ts", `import { z } from "zod";`],
  ["packages/contract/src/task.ts", `import fs from "node:fs";`, "zod alone"],
  ["packages/contract/src/gen.ts", `import fs from "node:fs";`],
  ["packages/contract/src/task.test.ts", `import test from "node:test";`],
  ["packages/contract/src/a.ts", `import { x } from "@modelyard/sdk";`, "no other package"],
  ["packages/sdk/src/a.ts", `import { x } from "@modelyard/contract";`],
  ["packages/web/src/a.tsx", `import { x } from "@modelyard/server";`, "web may import contract, sdk"],
  ["packages/worker/src/a.ts", `import { x } from "@modelyard/providers";`],
  ["packages/providers/src/a.ts", `import { x } from "@modelyard/worker";`, "providers may import contract"],
  ["packages/server/src/a.ts", `import { x } from "@modelyard/worker";`, "server may import contract"],
  ["packages/cli/src/a.ts", `import { x } from "@modelyard/server";`],
  ["packages/testing/src/a.ts", `import { x } from "@modelyard/server";`],
  ["packages/worker/src/a.ts", `const x = await import("@modelyard/server");`, "worker may import"],
  ["packages/worker/src/a.test.ts", `import { x } from "@modelyard/server";`],
  ["packages/worker/src/a.ts", `import { x } from "@modelyard/testing";`, "testing is for tests"],
  ["packages/worker/src/a.ts", `import { x } from "../../server/src/main.ts";`, '"@modelyard/server"'],
  ["packages/worker/src/a.test.ts", `import { x } from "../../server/src/main.ts";`, '"@modelyard/server"'],
  ["packages/novel/src/a.ts", `import { x } from "@modelyard/contract";`, "no arrows yet"],
  ["e2e/run.test.ts", `import { x } from "../packages/server/src/main.ts";`, '"@modelyard/server"'],
  ["e2e/run.test.ts", `import { x } from "@modelyard/server";`],
  ["bench/ours.ts", `import { startRedis } from "../scripts/lib/services.js";`],
  [`${server}/tasks/routes.ts`, `import { x } from "./service.ts";`],
  [`${server}/tasks/routes.ts`, `import { x } from "./store.ts";`, "routes does not import store"],
  [`${server}/tasks/routes.ts`, `import { x } from "../db/schema.ts";`, "routes does not import db"],
  [`${server}/tasks/service.ts`, `import { x } from "./store.ts";`],
  [`${server}/tasks/service-run.ts`, `import { x } from "../ledger/service.ts";`],
  [`${server}/tasks/service.ts`, `import { x } from "../ledger/store.ts";`, "call ledger/service.ts"],
  [`${server}/tasks/service.ts`, `import type { x } from "../ledger/store.ts";`, "another room's store"],
  [`${server}/tasks/quote.ts`, `import { x } from "../ledger/store/holds.ts";`, "another room's store"],
  [`${server}/tasks/service.ts`, `import { x } from "./routes.ts";`, "service does not import routes"],
  [`${server}/tasks/service.ts`, `import { tx } from "../db/database.ts";`],
  [`${server}/tasks/store.ts`, `import { x } from "../db/database.ts";`],
  [`${server}/tasks/store-sqlite.ts`, `import { x } from "./service.ts";`, "store does not import service"],
  [`${server}/tasks/present.ts`, `import { x } from "./store.ts";`, "present is pure"],
  [`${server}/tasks/present.ts`, `import type { TaskRow } from "../db/schema.ts";`],
  [`${server}/tasks/policy.ts`, `import { x } from "../db/schema.ts";`, "policy is pure"],
  [`${server}/tasks/service.test.ts`, `import { x } from "../ledger/store.ts";`],
  [`${server}/db/database.ts`, `import { x } from "../tasks/service.ts";`, "lies under the rooms"],
  [`${server}/main.ts`, `import { x } from "./tasks/store.ts";`],
];

for (const [path, source, message] of cases) {
  test(`${path}: ${source} is ${message ? "refused" : "allowed"}`, () => {
    const found = checkArrows({ path, source });
    assert.equal(found.length, message ? 1 : 0, found.join("\n"));
    if (message) assert.ok(found[0].includes(message) && found[0].includes("Fix:"), found[0]);
  });
}

test("imports are found in every form, with their line, and not in comments", () => {
  const source = [
    `import a from "a"; // import no from "no1"`,
    `/* import no from "no2"`,
    `*/ import type {`,
    `  B,`,
    `} from 'b';`,
    `export * from "c";`,
    `import "d";`,
    `const url = "http://x"; const e = await import("e");`,
    ` * import no from "no3"`,
  ].join("\n");
  assert.deepEqual(
    findImports(source).map(({ specifier, line, isType }) => `${specifier} ${line} ${isType}`),
    ["a 1 false", "b 5 true", "c 6 false", "d 7 false", "e 8 false"],
  );
});
