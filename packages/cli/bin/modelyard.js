#!/usr/bin/env node
// The program's entry. TypeScript runs natively; what type stripping makes of the sources is kept beside the runtime, so that no
// process which stays has to load the stripper (stripped-sources.js).
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { enableCompileCache, registerHooks } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { keptPath } from "./stripped-sources.js";

const here = dirname(fileURLToPath(import.meta.url));
const cache = join(here, "../../../.runtime/stripped", process.version);
enableCompileCache(join(cache, "compiled"));
let filled = false;

/** The stripped source of a file, or undefined where none can be kept (a folder that cannot be written to). */
function stripped(path) {
  const kept = keptPath(cache, readFileSync(path, "utf8"));
  if (!existsSync(kept) && !filled) {
    filled = true;
    try {
      execFileSync(process.execPath, [join(here, "stripped-sources.js"), cache], { stdio: "ignore" });
    } catch {
      // Node strips the types itself then; it only costs memory.
    }
  }
  return existsSync(kept) ? readFileSync(kept, "utf8") : undefined;
}

registerHooks({
  load(url, context, next) {
    const source = url.startsWith("file:") && url.endsWith(".ts") ? stripped(fileURLToPath(url)) : undefined;
    return source === undefined ? next(url, context) : { format: "module", source, shortCircuit: true };
  },
});

await import("../src/main.ts");

// Loading leaves garbage and an enlarged heap that V8 would keep for as long as the program idles: one collection of the kind
// that it does when memory runs out gives both back, 40 MB of 130.
setTimeout(() => {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")({ type: "major", execution: "sync", flavor: "last-resort" });
}, 3_000).unref();
