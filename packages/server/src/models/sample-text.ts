/** What a sample that is text begins with, so that pages show it without asking for the file. */
import { closeSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { typeByName } from "../files/policy.ts";

/** Bytes that are read and characters that are given. */
const READ = 4096;
const GIVEN = 600;

const known = new Map<string, string>();

/** Null where the file is no text. A text that is longer ends with `…`. Throws where the file is gone. */
export function sampleText({ version, dir }: { version: string; dir: string }, file: string): string | null {
  const type = typeByName(file);
  if (!type.startsWith("text/") && type !== "application/json") return null;
  const key = `${version}/${file}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const buffer = Buffer.alloc(READ);
  const handle = openSync(join(dir, file), "r");
  let length: number;
  try {
    length = readSync(handle, buffer, 0, READ, 0);
  } finally {
    closeSync(handle);
  }
  // A character of several bytes may be cut at the end of what was read.
  const whole = new TextDecoder().decode(buffer.subarray(0, length), { stream: true }).trimEnd();
  const text = whole.length > GIVEN || length === READ ? `${whole.slice(0, GIVEN).trimEnd()} …` : whole;
  known.set(key, text);
  return text;
}
