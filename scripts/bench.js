// npm run bench: measures this platform and others side by side on this machine. Installs what the others need on first use.
import { join } from "node:path";
import { runMain, UserError } from "./lib/fail.js";
import { runForeground } from "./lib/foreground.js";
import { installParts, missingParts, testParts } from "./lib/parts.js";
import { root } from "./lib/root.js";
import { tieToParent } from "./lib/run.js";
import { ensureDependencies, ensureRuntime, runtimeEnvironment } from "./lib/runtime.js";
import { findProgram } from "./lib/services.js";
import { ensureWeb } from "./lib/web.js";

const parts = [
  ...testParts.filter(({ name }) => name === "postgresql"),
  { name: "redis-server", packages: ["redis-server"], find: () => findProgram("redis-server"), tests: "BullMQ" },
  { name: "nginx", packages: ["nginx-light"], find: () => findProgram("nginx"), tests: "serving files" },
  { name: "wrk", packages: ["wrk"], find: () => findProgram("wrk"), tests: "serving files" },
];
/** All that Lighthouse needs: it has no rivals. */
const browser = testParts.filter(({ name }) => name === "chromium");

await runMain(async () => {
  const names = process.argv.slice(2).filter((word) => /^[a-z]+$/.test(word));
  const needed = names.length === 1 && names[0] === "lighthouse" ? browser : [...parts, ...browser];
  const node = await ensureRuntime();
  await ensureDependencies();
  await ensureWeb(node);
  await ensureDependencies({ folder: join(root, "bench"), what: "bench dependencies" });
  if (process.env.CI === "true") await installParts(needed);
  const missing = missingParts(needed).flatMap((part) => part.packages);
  if (missing.length > 0)
    throw new UserError(
      `The bench needs ${missing.join(" and ")}.\nFix, as root: apt-get install ${missing.join(" ")}`,
    );
  const args = [join(root, "bench", "main.ts"), ...process.argv.slice(2)];
  return runForeground(...tieToParent(node, args), { cwd: root, env: runtimeEnvironment(node) });
});
