// node scripts/modelyard …: the `modelyard` command with the Node it needs, whatever Node this is.
import { join } from "node:path";
import { runMain } from "./lib/fail.js";
import { runForeground } from "./lib/foreground.js";
import { root } from "./lib/root.js";
import { ensureDependencies, ensureRuntime, runtimeEnvironment } from "./lib/runtime.js";

await runMain(async () => {
  const node = await ensureRuntime();
  await ensureDependencies();
  const args = [join(root, "packages", "cli", "bin", "modelyard.js"), ...process.argv.slice(2)];
  return runForeground(node, args, { env: runtimeEnvironment(node) });
});
