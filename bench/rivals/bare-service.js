// (e) The warm process by hand: the fixture model `noop` without a platform, one request at a time over its pipes.
import { spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { print, settings } from "./program.js";

const program = fileURLToPath(new URL("../../packages/testing/models/test/noop/run.js", import.meta.url));
const dir = mkdtempSync(join(tmpdir(), "bare-service-"));
// As an installed model lies: in a folder of its own.
copyFileSync(program, join(dir, "run.js"));
const child = spawn(process.execPath, ["run.js"], { cwd: dir, stdio: ["pipe", "pipe", "inherit"] });
let heard = () => {};
createInterface({ input: child.stdout }).on("line", (line) => heard(JSON.parse(line)));
await new Promise((resolve) => (heard = (message) => message.type === "ready" && resolve()));

const found = [];
for (let n = -5; n < settings.samples; n++) {
  const began = performance.now();
  const done = new Promise((resolve) => (heard = (message) => message.type === "done" && resolve()));
  const request = { type: "run", id: `${n}`, inputs: { prompt: "x" }, dir, outputDir: dir };
  child.stdin.write(`${JSON.stringify(request)}\n`);
  await done;
  if (n >= 0) found.push(performance.now() - began);
  await setTimeout(15);
}
found.sort((a, b) => a - b);
const at = (share) => found[Math.floor(found.length * share)];
print({ p5: at(0.05), p50: at(0.5), p99: at(0.99) });
child.kill();
rmSync(dir, { recursive: true });
process.exit(0);
