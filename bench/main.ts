// npm run bench [-- accept drain latency command files pages memory overhead lighthouse] [--runs 3] [--seconds 8] [--tasks 10000] [--samples 300]
// Started by scripts/bench.js, which has installed what is needed.
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, release, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { stopServices } from "../scripts/lib/services.js";
import { accept } from "./accept.ts";
import { command, memory } from "./command.ts";
import { drain } from "./drain.ts";
import { files } from "./files.ts";
import { latency } from "./latency.ts";
import { lighthouse } from "./lighthouse.ts";
import { overhead } from "./overhead.ts";
import { pages } from "./pages.ts";
import { killPrograms } from "./program.ts";
import { formatTable, type Result } from "./result.ts";
import type { Bench } from "./rounds.ts";

const benchmarks: Record<string, (bench: Bench) => Promise<Result[]>> = {
  accept,
  drain,
  latency,
  command,
  files,
  pages,
  memory,
  overhead,
  lighthouse,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: "string", default: "3" },
    seconds: { type: "string", default: "8" },
    tasks: { type: "string", default: "10000" },
    samples: { type: "string", default: "300" },
  },
});
const names = positionals.length > 0 ? positionals : Object.keys(benchmarks);
const unknown = names.filter((name) => !(name in benchmarks));
if (unknown.length > 0) {
  process.stderr.write(`No benchmark ${unknown.join(", ")}. Fix: choose from ${Object.keys(benchmarks).join(", ")}.\n`);
  process.exit(2);
}

const bench: Bench = {
  runs: Number(values.runs),
  seconds: Number(values.seconds),
  tasks: Number(values.tasks),
  samples: Number(values.samples),
  say: (line) => process.stderr.write(`${line}\n`),
};

// Everything lies in one folder, which goes at the end. Open to pass through: PostgreSQL runs as another user.
const temporary = await mkdtemp(join(tmpdir(), "modelyard-bench-"));
await chmod(temporary, 0o711);
process.env.TMPDIR = temporary;

let cleaning: Promise<void> | undefined;
async function cleanUpOnce() {
  killPrograms();
  await stopServices();
  await rm(temporary, { recursive: true, force: true, maxRetries: 5 });
}
const cleanUp = () => (cleaning ??= cleanUpOnce());
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => void cleanUp().finally(() => process.exit(130)));
}

const results: Result[] = [];
try {
  for (const name of names) results.push(...(await benchmarks[name]!(bench)));
} finally {
  await cleanUp();
}

const machine = {
  cpu: cpus()[0]?.model,
  cores: cpus().length,
  memoryGb: Math.round(totalmem() / 2 ** 30),
  kernel: release(),
  node: process.version,
};
const { say: _, ...settings } = bench;
const folder = fileURLToPath(new URL("../artifacts/", import.meta.url));
const date = new Date().toISOString();
const file = join(folder, `bench-${date.slice(0, 19).replaceAll(":", "-")}.json`);
await mkdir(folder, { recursive: true });
await writeFile(file, `${JSON.stringify({ date, machine, settings, results }, null, 2)}\n`);
process.stdout.write(`\n${formatTable(results)}\n\nSaved as ${file}\n`);
