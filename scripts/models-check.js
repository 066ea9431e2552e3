// npm run models:check [-- slug …]: every installed model on its samples, with times and memory. Heavy models are fetched first.
import { join } from "node:path";
import { runMain } from "./lib/fail.js";
import { runForeground } from "./lib/foreground.js";
import { root } from "./lib/root.js";
import { tieToParent } from "./lib/run.js";
import { ensureDependencies, ensureRuntime, runtimeEnvironment } from "./lib/runtime.js";
import { ensureWeb } from "./lib/web.js";

await runMain(async () => {
  const node = await ensureRuntime();
  await ensureDependencies();
  await ensureWeb(node);
  const args = [join(root, "packages/testing/src/models-check/main.ts"), ...process.argv.slice(2)];
  return runForeground(...tieToParent(node, args), { cwd: root, env: runtimeEnvironment(node) });
});
