// npm run gen: writes what is generated from the contract. With --check it writes nothing and fails where a file is out of date.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { runMain } from "./lib/fail.js";
import { runForeground } from "./lib/foreground.js";
import { root } from "./lib/root.js";
import { ensureDependencies, ensureRuntime } from "./lib/runtime.js";

const generators = ["packages/contract/src/gen.ts"];

await runMain(async () => {
  const node = await ensureRuntime();
  await ensureDependencies();
  for (const generator of generators) {
    if (!existsSync(join(root, generator))) continue;
    const code = await runForeground(node, [join(root, generator), ...process.argv.slice(2)], { cwd: root });
    if (code !== 0) return code;
  }
  return 0;
});
