/**
 * Puts a JavaScript copy of the launcher's files into a folder. Running the .ts directly would load Node's type stripper into the launcher:
 * 62 MB of memory against 50, and 60 ms more to start; in the worker it would stay for good and take 17 MB [both measured]. So a process
 * that ends makes the copy: this file, run as a program.
 * Can go when type stripping no longer costs memory.
 */
import { execFile } from "node:child_process";
import fs from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import path from "node:path";
import { promisify } from "node:util";

/** Everything launcher.ts imports, itself included; protocol.ts is types only there. */
const FILES = ["launcher", "tree-kill", "tree-scan", "cgroup-slots", "cgroup-mounts", "cgroup-files", "limit-cgroups"];

/** Returns the path of the program to start. */
export async function copyLauncher(folder: string): Promise<string> {
  // The function still announces itself as experimental on stderr (Node 24), where an operator would wonder about it.
  const args = ["--disable-warning=ExperimentalWarning", import.meta.filename, folder];
  await promisify(execFile)(process.execPath, args, { cwd: "/", env: {} });
  return path.join(folder, "launcher.mjs");
}

if (import.meta.main) {
  const [folder = ""] = process.argv.slice(2);
  for (const name of FILES) {
    const source = fs.readFileSync(path.join(import.meta.dirname, `${name}.ts`), "utf8");
    fs.writeFileSync(
      path.join(folder, `${name}.mjs`),
      stripTypeScriptTypes(source).replaceAll(/(from "\.\/[a-z-]+)\.ts"/g, '$1.mjs"'),
    );
  }
}
