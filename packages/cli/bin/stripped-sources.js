// What Node's type stripping makes of each source file, kept in a folder by the hash of the source.
// Run as a program (`stripped-sources.js CACHE`) it fills the folder for all packages and ends: the stripper is a WebAssembly
// program that costs its process 17 MB of memory for good, so a process that is to stay lets another one do it.
import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const packages = join(dirname(fileURLToPath(import.meta.url)), "../..");

/**
 * @param {string} cache
 * @param {string} source
 */
export function keptPath(cache, source) {
  return join(cache, `${createHash("sha256").update(source).digest("hex").slice(0, 32)}.js`);
}

/** @param {string} cache */
function fill(cache) {
  mkdirSync(cache, { recursive: true });
  for (const path of globSync("*/src/**/*.ts", { cwd: packages })) {
    if (/\.test\.ts$|\.d\.ts$/.test(path)) continue;
    const source = readFileSync(join(packages, path), "utf8");
    const kept = keptPath(cache, source);
    if (existsSync(kept)) continue;
    writeFileSync(`${kept}.${process.pid}`, stripTypeScriptTypes(source));
    renameSync(`${kept}.${process.pid}`, kept);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.removeAllListeners("warning");
  fill(process.argv[2] ?? "");
}
