/**
 * Puts a JavaScript copy of the launcher's files into a folder. Running the .ts directly would load Node's type stripper into the launcher:
 * 62 MB of memory against 50, and 60 ms more to start [measured]; the worker has the stripper loaded anyway.
 * Can go when type stripping no longer costs memory.
 */
import fs from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import path from "node:path";

/** Everything launcher.ts imports, itself included; protocol.ts is types only there. */
const FILES = ["launcher", "tree-kill", "tree-scan", "cgroup-slots", "cgroup-mounts", "cgroup-files", "limit-cgroups"];

/** Returns the path of the program to start. */
export function copyLauncher(folder: string): string {
  for (const name of FILES) {
    const source = fs.readFileSync(path.join(import.meta.dirname, `${name}.ts`), "utf8");
    fs.writeFileSync(
      path.join(folder, `${name}.mjs`),
      strip(source).replaceAll(/(from "\.\/[a-z-]+)\.ts"/g, '$1.mjs"'),
    );
  }
  return path.join(folder, "launcher.mjs");
}

/** The function still announces itself as experimental on stderr (Node 24), where an operator would wonder about it. */
function strip(source: string): string {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = emitWarning;
  }
}
