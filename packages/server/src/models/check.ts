/** Checking a model's folder beyond the form of its model.yaml: files that it names, samples, its program. */
import { accessSync, constants, existsSync, readFileSync, statSync } from "node:fs";
import { delimiter, join, resolve, sep } from "node:path";
import {
  hiddenInputs,
  isFileItem,
  isProgram,
  items,
  type Manifest,
  readInputs,
  sampleOf,
  whenWords,
} from "@modelyard/contract";
import { type ModelFolder, ModelFolderError, readModelFolder } from "./folder.ts";
import { type Finding, type ManifestText, type Path, readManifestText } from "./policy-manifest.ts";

export interface CheckedFolder {
  findings: Finding[];
  /** Undefined where there is an error. */
  folder: ModelFolder | undefined;
}

/** A card's picture that is larger than this gets a warning, in bytes: lists show dozens of them, on phones too. */
const MAX_CARD_PICTURE = 150_000;

const SCRIPT = /\.(sh|py|[cm]?[jt]s|rb|pl|php|lua|jl|r)$/i;

const isFile = (path: string): boolean => {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
};

/** Whether the folder has a plain file there. Paths that lead out of it have none. */
function holds(dir: string, path: string): boolean {
  const root = resolve(dir);
  const found = resolve(root, path);
  return found.startsWith(root + sep) && isFile(found);
}

function onPath(program: string, path: string): boolean {
  return path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return isFile(join(folder, program));
    } catch {
      return false;
    }
  });
}

/** Of a request to Run, beside the model's own. */
const OWN_FIELDS = new Set(["callbackUrl", "projectid"]);

type Say = (level: Finding["level"], path: Path, text: string, hint?: string) => void;

function checkItems({ manifest }: ManifestText, dir: string, say: Say): void {
  const seen = new Set<string>();
  for (const [g, group] of manifest.inputs.entries()) {
    for (const [i, item] of group.items.entries()) {
      const at = ["inputs", g, "items", i];
      if (seen.has(item.id)) say("error", [...at, "id"], `there are two inputs named ${item.id}`);
      seen.add(item.id);
      if (OWN_FIELDS.has(item.id))
        say("error", [...at, "id"], `${item.id} is a field of every run, not a model's`, "Name the input otherwise.");
      const { min, max, options } = item;
      if (min !== undefined && max !== undefined && min > max)
        say("error", [...at, "min"], `${item.id}: min ${min} is more than max ${max}`);
      const preset = typeof item.default === "number" ? item.default : undefined;
      if (preset !== undefined && (preset < (min ?? preset) || preset > (max ?? preset)))
        say(
          "error",
          [...at, "default"],
          `${item.id}: the default ${preset} is outside of ${min ?? "-∞"} to ${max ?? "∞"}`,
        );
      const values = options?.map(({ value }) => value) ?? [];
      if (item.type.startsWith("select") && values.length === 0) say("error", at, `${item.id}: a select needs options`);
      if (values.length > 0 && item.default !== undefined && !values.includes(String(item.default)))
        say("error", [...at, "default"], `${item.id}: the default is none of ${values.join(", ")}`);
      for (const [o, option] of (options ?? []).entries()) {
        if (option.cover !== undefined && !holds(dir, option.cover) && !/^https?:/.test(option.cover))
          say("warning", [...at, "options", o, "cover"], `there is no file ${option.cover}`);
      }
    }
  }
}

function checkSamples({ manifest }: ManifestText, dir: string, say: Say): void {
  const all = items(manifest);
  const files = new Set(all.filter(isFileItem).map(({ id }) => id));
  for (const [n, raw] of manifest.samples.entries()) {
    const { file, inputs } = sampleOf(raw);
    const at = typeof raw === "string" ? ["samples", n] : ["samples", n, "file"];
    if (!holds(dir, file)) say("error", at, `there is no file ${file}`, "Samples are files of the model's folder.");
    const plain: Record<string, unknown> = {};
    for (const [id, value] of Object.entries(inputs ?? {})) {
      const place = ["samples", n, "inputs", id];
      if (!all.some((item) => item.id === id)) say("error", place, `there is no input ${id}`);
      else if (files.has(id) && !holds(dir, String(value))) say("error", place, `there is no file ${String(value)}`);
      else plain[id] = files.has(id) ? `https://file.invalid/${n}` : value;
    }
    if (inputs === undefined) continue;
    const read = readInputs(manifest, plain);
    // A sample need not say which file it was made from.
    for (const { error, message } of read.ok ? [] : read.errors)
      if (error !== "filesRequired")
        say("error", ["samples", n, "inputs"], `a run with these would be refused: ${message}`);
    for (const id of hiddenInputs(manifest, plain))
      if (id in plain)
        say("warning", ["samples", n, "inputs", id], `${id} applies only when ${whenWords(manifest, id)}`);
  }
}

function checkPrices({ manifest }: ManifestText, say: Say): void {
  const ids = new Set(items(manifest).map(({ id }) => id));
  for (const [n, row] of manifest.price.entries()) {
    for (const id of Object.keys(row.inputs)) {
      if (!ids.has(id)) say("error", ["price", n, "inputs", id], `there is no input ${id}`);
    }
  }
}

function checkProgram({ manifest }: ManifestText, dir: string, path: string | undefined, say: Say): void {
  if (!isProgram(manifest)) return;
  const { command } = manifest.runner;
  const [program = "", ...rest] = command;
  const at = ["runner", "command"];
  if (program.includes("/") && !program.startsWith("/")) {
    if (!holds(dir, program)) say("error", [...at, 0], `there is no file ${program}`);
    else if (!(statSync(join(dir, program)).mode & 0o100))
      say("error", [...at, 0], `${program} may not be executed`, `chmod +x ${program}`);
  } else if (path === undefined || program.startsWith("/")) {
    // Whoever asks knows nothing of the machine that it will run on.
  } else if (holds(dir, program) && !onPath(program, path)) {
    say(
      "error",
      [...at, 0],
      `${program} is a file of the folder, not a program`,
      `Write ./${program}, or name what runs it.`,
    );
  } else if (program !== "node" && !manifest.programs.some(({ name }) => name === program) && !onPath(program, path)) {
    say(
      "warning",
      [...at, 0],
      `${program} is not on this machine`,
      "Workers need it: name its package under programs.",
    );
  }
  for (const [n, argument] of rest.entries()) {
    if (SCRIPT.test(argument) && !argument.startsWith("/") && !argument.startsWith("-") && !holds(dir, argument))
      say("error", [...at, n + 1], `there is no file ${argument}`, "The program starts in the model's folder.");
  }
}

function checkImage({ manifest }: ManifestText, dir: string, say: Say): void {
  if (manifest.image === undefined) return;
  if (!holds(dir, manifest.image)) {
    say("error", ["image"], `there is no file ${manifest.image}`);
    return;
  }
  const { size } = statSync(join(dir, manifest.image));
  if (size > MAX_CARD_PICTURE)
    say(
      "warning",
      ["image"],
      `${manifest.image} has ${Math.round(size / 1000)} kB, and every list of models loads it`,
      "640 × 400 points are enough: about 10 kB as WebP.",
    );
}

function checkRest({ manifest }: ManifestText, dir: string, say: Say): void {
  if (existsSync(join(dir, "package.json")) && !existsSync(join(dir, "package-lock.json")))
    say(
      "error",
      [],
      "there is a package.json and no package-lock.json",
      "Run npm install in the folder: workers use npm ci.",
    );
  if (!existsSync(join(dir, "README.md")))
    say("warning", [], "there is no README.md", "It is the text of the model's page.");
  if (manifest.resources.vram > 0 && manifest.resources.gpus === 0)
    say("error", ["resources", "vram"], "vram without gpus", "Write gpus: 1.");
}

/** The largest memory that a worker would admit and the run may not have. */
function checkLimits({ manifest }: { manifest: Manifest }, say: Say): void {
  const { limits, resources } = manifest;
  if (limits.memory !== undefined && limits.memory < resources.memory)
    say(
      "error",
      ["limits", "memory"],
      `it is ended at ${limits.memory} MiB and needs ${resources.memory} (resources.memory)`,
    );
}

/** `path`: where programs are looked for, as in $PATH; what is missing there is a warning. Undefined: they are not looked for. */
export function checkModelFolder(dir: string, path?: string): CheckedFolder {
  let text: string;
  try {
    text = readFileSync(join(dir, "model.yaml"), "utf8");
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const isFolder = statSync(dir, { throwIfNoEntry: false })?.isDirectory() === true;
    const what = !isFolder
      ? `there is no folder ${dir}`
      : missing
        ? "there is no such file in this folder"
        : (error as Error).message;
    const hint = missing && isFolder ? "modelyard models new makes one that runs." : "";
    return { findings: [{ level: "error", file: "model.yaml", at: undefined, text: what, hint }], folder: undefined };
  }
  const result = readManifestText(text);
  if (!result.ok) return { findings: result.findings, folder: undefined };
  const { read } = result;
  const findings: Finding[] = [];
  const say: Say = (level, where, text, hint = "") =>
    findings.push({ level, file: "model.yaml", at: where.length === 0 ? undefined : read.place(where), text, hint });
  checkItems(read, dir, say);
  checkSamples(read, dir, say);
  checkPrices(read, say);
  checkProgram(read, dir, path, say);
  checkLimits(read, say);
  checkImage(read, dir, say);
  checkRest(read, dir, say);
  let folder: ModelFolder | undefined;
  try {
    folder = readModelFolder(dir);
  } catch (error) {
    if (!(error instanceof ModelFolderError)) throw error;
    say("error", [], error.message.replace(`${dir}/`, ""));
  }
  return { findings, folder: findings.some(({ level }) => level === "error") ? undefined : folder };
}
