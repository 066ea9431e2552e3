// npm run check: everything about the code that needs no test run. --fix lets the formatter, the linter and the generators write.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { checkArrows } from "./lib/arrows.js";
import { runMain } from "./lib/fail.js";
import { listFiles } from "./lib/files.js";
import { root } from "./lib/root.js";
import { checkCopies, checkEnvironment, checkLock, checkRegistryHosts, checkSize, checkVersions } from "./lib/rules.js";
import { run } from "./lib/run.js";
import { ensureDependencies, ensureRuntime } from "./lib/runtime.js";

const isFixing = process.argv.includes("--fix");
const TEXT =
  /\.(ts|tsx|js|mjs|cjs|json|yaml|yml|md|html|css|sql|py|sh|toml|txt|conf|service)$|(^|\/)(Dockerfile[^/]*|\.npmrc|run)$/;
const CODE = /^(packages|e2e|bench|models)\/.*\.(ts|tsx|js)$/;

/** Programs run here print what is wrong themselves; an empty result is a pass. */
async function program(command, args, fix) {
  const { code, output } = await run(command, args, { cwd: root });
  return code === 0 ? [] : [`${output.trim()}\nFix: ${fix}`];
}

async function readFiles() {
  const paths = (await listFiles(root)).filter((path) => TEXT.test(path) && existsSync(join(root, path)));
  return Promise.all(paths.map(async (path) => ({ path, source: await readFile(join(root, path), "utf8") })));
}

function steps({ node, files }) {
  const tool = (name) => join(root, "node_modules", ".bin", name);
  const types = (project) =>
    program(
      node,
      [tool("tsc"), "--noEmit", "--pretty", "false", "-p", join(root, project)],
      "make the types true; no any, no @ts-ignore.",
    );
  const code = files.filter(({ path }) => CODE.test(path));
  return {
    "format and lint": () =>
      program(
        tool("biome"),
        ["check", "--error-on-warnings", "--max-diagnostics=30", ...(isFixing ? ["--write"] : [])],
        "node scripts/check --fix mends format, imports and what is safe to mend; the rest is for you.",
      ),
    // The web app is a project of its own: it has a browser's globals and JSX.
    types: async () => (await Promise.all(["tsconfig.json", "packages/web/tsconfig.json"].map(types))).flat(),
    "generated files": () =>
      program(
        node,
        [join(root, "scripts", "gen.js"), ...(isFixing ? [] : ["--check"])],
        "npm run gen, then commit what it wrote.",
      ),
    "file sizes": () => files.flatMap(checkSize),
    "import arrows": () => code.flatMap(checkArrows),
    "environment only in config": () => files.flatMap(checkEnvironment),
    "no registry host": () => files.flatMap(checkRegistryHosts),
    "exact versions": () => files.flatMap(checkVersions),
    "copies in models": () => checkCopies(files),
    "complete lock files": () => files.flatMap(checkLock),
  };
}

await runMain(async () => {
  const node = await ensureRuntime();
  await ensureDependencies();
  let failed = 0;
  for (const [name, check] of Object.entries(steps({ node, files: await readFiles() }))) {
    const start = performance.now();
    const problems = await check();
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    process.stdout.write(
      `${problems.length === 0 ? "ok    " : "FAILED"} ${name.padEnd(28)} ${seconds.padStart(5)} s\n`,
    );
    for (const problem of problems) process.stdout.write(`${problem.replace(/^/gm, "       ")}\n`);
    failed += problems.length > 0 ? 1 : 0;
  }
  return failed === 0 ? 0 : 1;
});
