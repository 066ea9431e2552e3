/** A run of `modelyard dev`: inputs from the terminal, outputs into a folder. */
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { items, type OutputFile } from "@modelyard/contract";
import type { Client } from "@modelyard/sdk";
import type { Pair } from "./client-settings.ts";
import { inputsOf, printEnd, runToEnd } from "./run.ts";

async function save(output: OutputFile, folder: string): Promise<string> {
  const response = await fetch(output.url);
  if (!response.ok || !response.body) throw new Error(`${output.name} cannot be fetched: ${response.status}`);
  await mkdir(folder, { recursive: true });
  // The server made the name safe; a client still looks at what it writes to.
  const path = join(folder, basename(output.name));
  await pipeline(Readable.fromWeb(response.body as ReadableStream), createWriteStream(path));
  return path;
}

/** Runs the model; resolves to the exit code. */
export async function runOnce(options: {
  client: Client;
  /** `owner/slug` */
  model: string;
  inputs: readonly Pair[];
  /** Folder for the files that it makes. */
  output: string;
}): Promise<number> {
  const { client, model, inputs, output } = options;
  const [owner = "", slug = ""] = model.split("/");
  const known = items((await client.models.detail(owner, slug)).modelyard).map(({ id }) => id);
  // A run takes what it does not know; here it is a slip of the pen.
  for (const { key } of inputs)
    if (!known.includes(key) && !known.includes(key.replace(/Url$/, "")))
      process.stderr.write(`${key} is no input of this model; it has ${known.join(", ") || "none"}\n`);
  const isFile = ({ value }: Pair) => value.startsWith("@");
  const files = inputs.filter(isFile).map(({ key, value }) => ({ key, value: value.slice(1) }));
  const values = await inputsOf(
    inputs.filter((pair) => !isFile(pair)),
    files,
  );
  const { task, printer, succeeded } = await runToEnd(client, model, values);
  printer.result(task.outputs.filter((one) => "content" in one));
  for (const one of task.outputs) {
    if ("content" in one) continue;
    process.stdout.write(`${relative(process.cwd(), await save(one, output))}\n`);
  }
  printEnd(task, succeeded);
  return succeeded ? 0 : 1;
}
