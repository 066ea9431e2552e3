// npm start: gets Node and the dependencies where they are missing, then runs `modelyard serve` with the arguments given.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { runMain } from "./lib/fail.js";
import { runForeground } from "./lib/foreground.js";
import { root } from "./lib/root.js";
import { ensureDependencies, ensureRuntime, runtimeEnvironment } from "./lib/runtime.js";
import { ensureWeb } from "./lib/web.js";

await runMain(async () => {
  const node = await ensureRuntime();
  await ensureDependencies();
  await ensureWeb(node);
  const guard = pathToFileURL(join(root, "scripts", "lib", "orphan-guard.js")).href;
  const args = [
    "--import",
    guard,
    join(root, "packages", "cli", "bin", "modelyard.js"),
    "serve",
    ...process.argv.slice(2),
  ];
  return runForeground(node, args, {
    env: runtimeEnvironment(node, { MODELYARD_STARTER_PID: String(process.pid) }),
    ownGroup: true,
  });
});
