#!/usr/bin/env node
// The program's entry. TypeScript runs natively; what Node's type stripping makes of each file is kept beside the runtime, so that
// the stripper (a WebAssembly program, 17 MB of memory in every process) is loaded only when a file is new.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { enableCompileCache, registerHooks, stripTypeScriptTypes } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const cache = join(dirname(fileURLToPath(import.meta.url)), "../../../.runtime/stripped", process.version);
enableCompileCache(join(cache, "compiled"));

/** @param {string} path */
function stripped(path) {
  const source = readFileSync(path, "utf8");
  const kept = join(cache, `${createHash("sha256").update(source).digest("hex").slice(0, 32)}.js`);
  if (existsSync(kept)) return readFileSync(kept, "utf8");
  // The function announces itself as experimental on stderr (Node 24), where its user would wonder about it.
  const { emitWarning } = process;
  process.emitWarning = () => {};
  const code = stripTypeScriptTypes(source);
  process.emitWarning = emitWarning;
  try {
    mkdirSync(cache, { recursive: true });
    writeFileSync(`${kept}.${process.pid}`, code);
    renameSync(`${kept}.${process.pid}`, kept);
  } catch {
    // A folder that cannot be written to only costs memory.
  }
  return code;
}

registerHooks({
  load(url, context, next) {
    if (!url.startsWith("file:") || !url.endsWith(".ts")) return next(url, context);
    return { format: "module", source: stripped(fileURLToPath(url)), shortCircuit: true };
  },
});

await import("../src/main.ts");

// Loading leaves garbage that V8 would keep for as long as the program idles: one collection gives it back.
setTimeout(() => {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
}, 3_000).unref();
