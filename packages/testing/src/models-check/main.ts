/**
 * npm run models:check [-- slug …]: runs every model that is installed, or those named, on its samples, through a real platform with its
 * default isolation, and prints a table. Ends with 1 when a run failed or made something unlike its sample. Started by scripts/models-check.js.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { cleanSlug, isFileItem, items, type Manifest, type Sample, sampleOf } from "@modelyard/contract";
import { findModelFolders, type ModelFolder, readModelFolder } from "@modelyard/server/models";
import { REPOSITORY, SHIPPED_MODELS } from "../folders.ts";
import { difference, extensionOf } from "./compare.ts";
import { watchMemory } from "./memory.ts";
import { type CheckedPlatform, startChecked } from "./platform.ts";

/** Part of the words of a text that have to be those of the sample. A language model's next word may be another one with other rounding. */
const ALIKE = 0.8;
const ALIKE_LLM = 0.3;
const KEPT = join(REPOSITORY, ".runtime/models-check");

interface Row {
  model: string;
  sample: string;
  /** Seconds from the call to the end: the first one, with the start of the process, and the second one. */
  cold: string;
  warm: string;
  /** MiB that the model's processes had at most. */
  memory: string;
  result: string;
}

const wanted = process.argv.slice(2);
const all = findModelFolders(SHIPPED_MODELS).map(readModelFolder);
const folders = all.filter(({ manifest }) => wanted.length === 0 || wanted.includes(cleanSlug(manifest.slug)));
/** The models that an app is made of. */
const partsOf = ({ manifest: { runner } }: ModelFolder) =>
  runner.type === "app" ? runner.steps.map(({ model }) => model) : [];
const unknown = wanted.filter((slug) => !folders.some(({ manifest }) => cleanSlug(manifest.slug) === slug));
if (folders.length === 0 || unknown.length > 0) {
  process.stderr.write(
    `There is no model ${unknown.join(", ")}. Fix: give slugs of the folders in models/modelyard.\n`,
  );
  process.exit(2);
}

const parts = new Set(folders.flatMap(partsOf));
const started = all.filter((folder) => folders.includes(folder) || parts.has(`${folder.owner}/${folder.slug}`));
const platform = await startChecked(KEPT, started);
const rows: Row[] = [];
try {
  for (const folder of folders) rows.push(...(await check(platform, folder)));
} finally {
  await platform.stop();
}
print(rows);
const failed = rows.filter(({ result }) => result !== "as shipped" && !result.startsWith("skipped"));
process.stdout.write(failed.length === 0 ? "\nAll results are as shipped.\n" : `\n${failed.length} FAILED\n`);
process.exit(failed.length === 0 ? 0 : 1);

async function check(at: CheckedPlatform, folder: ModelFolder): Promise<Row[]> {
  const { dir, manifest } = folder;
  const model = manifest.slug;
  const empty = { model, sample: "", cold: "", warm: "", memory: "" };
  if (manifest.pull && !(await at.isPulled(folder))) return [{ ...empty, result: "skipped: not installed" }];
  const samples = manifest.samples.map(sampleOf).filter(({ inputs }) => inputs);
  if (samples.length === 0) return [{ ...empty, result: "skipped: no samples" }];
  process.stderr.write(`${model} …\n`);
  try {
    at.assertInstalled(folder);
  } catch (error) {
    return [{ ...empty, result: `FAILED: ${(error as Error).message}` }];
  }
  const found: Row[] = [];
  const memory = watchMemory(at.pid);
  for (const [i, sample] of samples.entries()) {
    const row = { ...empty, sample: sample.file.replace("samples/", "") };
    try {
      const first = await at.run(folder, await valuesOf(dir, manifest, sample));
      const second = await at.run(folder, await valuesOf(dir, manifest, sample));
      found.push({
        ...row,
        cold: i === 0 ? first.seconds.toFixed(2) : "",
        warm: second.seconds.toFixed(2),
        memory: i === samples.length - 1 ? String(memory.stop()) : "",
        result: (await verdict(folder, sample, second.outputs)) ?? "as shipped",
      });
    } catch (error) {
      memory.stop();
      found.push({ ...row, result: `FAILED: ${(error as Error).message}` });
    }
  }
  return found;
}

/** The sample's inputs; a file item becomes the file. */
async function valuesOf(dir: string, manifest: Manifest, { inputs = {} }: Sample): Promise<Record<string, unknown>> {
  const files = new Set(
    items(manifest)
      .filter(isFileItem)
      .map(({ id }) => id),
  );
  const values = Object.entries(inputs).map(async ([id, value]): Promise<[string, unknown]> => {
    if (!files.has(id)) return [id, value];
    const bytes = await readFile(join(dir, String(value)));
    return [id, new File([new Uint8Array(bytes)], String(value).split("/").at(-1) ?? "file")];
  });
  return Object.fromEntries(await Promise.all(values));
}

/** Whether one of the outputs is like the sample. Texts that a seed does not fix are another one each time. */
async function verdict(
  { dir, manifest }: ModelFolder,
  sample: Sample,
  outputs: readonly { name: string; bytes: Buffer }[],
): Promise<string | undefined> {
  const path = join(dir, sample.file);
  const named = outputs.find(({ name }) => sample.file.endsWith(`/${name}`));
  const made =
    named ??
    outputs.find(({ name }) => extensionOf(name) === extensionOf(path)) ??
    outputs.find(({ name }) => name === "");
  if (!made) return `FAILED: it made ${outputs.map(({ name }) => name).join(", ") || "nothing"}`;
  const inputs = sample.inputs ?? {};
  const free = "temperature" in inputs && inputs.temperature !== 0 && !inputs.seed;
  const wrong = await difference(path, made.bytes, free ? 0 : manifest.categories.includes("llm") ? ALIKE_LLM : ALIKE);
  return wrong && `FAILED: ${wrong}`;
}

function print(rows: readonly Row[]): void {
  const head: Row = {
    model: "model",
    sample: "sample",
    cold: "cold s",
    warm: "warm s",
    memory: "MiB",
    result: "result",
  };
  const columns = Object.keys(head) as (keyof Row)[];
  const widths = columns.map((column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
  const numbers = new Set<keyof Row>(["cold", "warm", "memory"]);
  for (const row of [head, ...rows]) {
    const cells = columns.map((column, i) =>
      numbers.has(column) ? row[column].padStart(widths[i]!) : row[column].padEnd(widths[i]!),
    );
    process.stdout.write(`${cells.join("  ").trimEnd()}\n`);
  }
}
