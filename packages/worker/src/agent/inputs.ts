/** A task's folder before the run: `in/` with its files and one text file per scalar input, and `input.json`. */
import { createWriteStream, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type InputFile, isFileItem, items, type ProgramManifest } from "@modelyard/contract";
import { FetchError } from "@modelyard/guarded-fetch";

export interface InputSources {
  /** A file that the server holds, by its place in the assignment. */
  stored(index: number): Promise<Readable>;
  /** An address that the caller gave; throws, and its body fails, with a FetchError. Returns the bytes and a name for them. */
  fetch(url: string): Promise<{ body: Readable; name: string }>;
}

/** The caller's input could not be had; the message is for the caller. */
export class InputError extends Error {
  override name = "InputError";
}

function extensionOf(name: string): string {
  return /\.[A-Za-z0-9]{1,8}$/.exec(name)?.[0].toLowerCase() ?? "";
}

/** Writes everything and returns the inputs as the model sees them: file items as absolute paths. */
export async function prepareInputs(options: {
  dir: string;
  manifest: ProgramManifest;
  inputs: Readonly<Record<string, string | number | boolean>>;
  files: readonly InputFile[];
  sources: InputSources;
}): Promise<Record<string, unknown>> {
  const { dir, manifest, inputs, files, sources } = options;
  // A few tiny synchronous calls cost less than their trips through the thread pool (measured in bench).
  const command = manifest.runner.type === "command";
  if (command || files.length > 0) mkdirSync(join(dir, "in"));
  const paths = new Map<string, string[]>();

  async function store(file: InputFile, n: number): Promise<string> {
    const { body, name } =
      "stored" in file.source
        ? { body: await sources.stored(file.source.stored), name: file.name }
        : await sources.fetch(file.source.url);
    // Generated names only: what the caller calls the file reaches no program.
    const path = join(dir, "in", `${file.item}-${n}${extensionOf(name)}`);
    await pipeline(body, createWriteStream(path, { flags: "wx" }));
    return path;
  }

  for (const [n, file] of files.entries()) {
    const path = await store(file, n).catch((error: unknown) => {
      // A host that the caller named is the caller's to mend: trying again is not ours.
      throw error instanceof FetchError ? new InputError(`${file.item}: ${error.message}`, { cause: error }) : error;
    });
    paths.set(file.item, [...(paths.get(file.item) ?? []), path]);
  }
  const seen: Record<string, unknown> = { ...inputs };
  for (const item of items(manifest).filter(isFileItem)) {
    const found = paths.get(item.id) ?? [];
    if (item.type !== "fileinput") seen[item.id] = found;
    else if (found[0] !== undefined) seen[item.id] = found[0];
  }
  if (command) {
    // For programs without a JSON parser, such as shell scripts.
    for (const [id, value] of Object.entries(inputs)) writeFileSync(join(dir, "in", `${id}.txt`), String(value));
    writeFileSync(join(dir, "input.json"), JSON.stringify(seen));
  }
  return seen;
}
