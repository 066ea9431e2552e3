// node scripts/modelyard …: the `modelyard` command with the Node it needs, whatever Node this is.
import { join } from "node:path";
import { runMain } from "./lib/fail.js";
import { runForeground } from "./lib/foreground.js";
import { root } from "./lib/root.js";
import { ensureDependencies, ensureRuntime, runtimeEnvironment } from "./lib/runtime.js";
import { ensureWeb } from "./lib/web.js";

await runMain(async () => {
  const node = await ensureRuntime();
  await ensureDependencies();
  const [command, ...rest] = process.argv.slice(2);
  const hasPages = command === "serve" || (command === "dev" && !rest.some((word) => word.startsWith("--input")));
  if (hasPages) await ensureWeb(node);
  const args = [join(root, "packages", "cli", "bin", "modelyard.js"), ...process.argv.slice(2)];
  return runForeground(node, args, { env: runtimeEnvironment(node) });
});
