import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "./fail.js";
import { withLock } from "./lock.js";
import { root } from "./root.js";
import { run } from "./run.js";

const web = join(root, "packages/web");
/** What the build is made from. */
const SOURCES = ["packages/web/src", "packages/web/public", "packages/contract/src", "packages/sdk/src"];
const FILES = ["packages/web/vite.config.ts", "packages/web/package.json", "package-lock.json"];

/**
 * Builds the web app into packages/web/dist where its sources are not those that it was last built from; a few seconds. A server
 * that runs keeps what it has read; the new files take the old ones' place as a whole.
 * @param {string} node the Node to build with
 */
export async function ensureWeb(node) {
  const wanted = await hashOfSources();
  if ((await builtFrom()) === wanted) return;
  await withLock(join(root, ".runtime", "web.lock"), async () => {
    if ((await builtFrom()) === wanted) return;
    process.stderr.write("Building the web app (a few seconds) …\n");
    const fresh = join(web, `dist.${process.pid}`);
    const vite = join(root, "node_modules/vite/bin/vite.js");
    const options = { cwd: web, env: { ...process.env, NODE_ENV: "production" } };
    try {
      for (const args of [
        ["build", "--outDir", join(fresh, "client")],
        ["build", "--ssr", "src/server/thread.tsx", "--outDir", join(fresh, "server")],
      ]) {
        const { code, output } = await run(node, [vite, ...args, "--emptyOutDir", "--logLevel", "warn"], options);
        if (code !== 0)
          throw new UserError(
            `The web app could not be built:\n\n${output.trim()}\n\nFix: node scripts/check names what is wrong in packages/web.`,
          );
      }
      await writeFile(join(fresh, "built-from"), wanted);
      await rm(join(web, "dist"), { recursive: true, force: true });
      await rename(fresh, join(web, "dist"));
    } finally {
      await rm(fresh, { recursive: true, force: true });
    }
  });
}

const builtFrom = () => readFile(join(web, "dist/built-from"), "utf8").catch(() => undefined);

async function hashOfSources() {
  const hash = createHash("sha256");
  const paths = [...FILES];
  for (const folder of SOURCES) {
    if (!existsSync(join(root, folder))) continue;
    const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
    for (const entry of entries)
      if (entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
        paths.push(join(entry.parentPath, entry.name).slice(root.length + 1));
  }
  for (const path of paths.sort())
    hash
      .update(`${path}\0`)
      .update(await readFile(join(root, path)))
      .update("\0");
  return hash.digest("hex");
}
