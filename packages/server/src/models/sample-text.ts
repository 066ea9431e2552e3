/** What a sample that is text begins with, so that pages show it without asking for the file. */
import { closeSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { typeByName } from "../files/policy.ts";

/** Bytes that are read and characters that are given. */
const READ = 4096;
const GIVEN = 600;

const known = new Map<string, string>();

/** Null where the file is no text, or is not there (any more). A text that is longer ends with `…`. */
export function sampleText(
  { version, dir, files }: { version: string; dir: string; files: readonly { path: string }[] },
  file: string,
): string | null {
  const type = typeByName(file);
  if (!type.startsWith("text/") && type !== "application/json") return null;
  const key = `${version}/${file}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const bytes = files.some(({ path }) => path === file) ? beginning(join(dir, file)) : undefined;
  if (!bytes) return null;
  // A character of several bytes may be cut at the end of what was read.
  const whole = new TextDecoder().decode(bytes, { stream: true }).trimEnd();
  const text = whole.length > GIVEN || bytes.length === READ ? `${whole.slice(0, GIVEN).trimEnd()} …` : whole;
  known.set(key, text);
  return text;
}

function beginning(path: string): Buffer | undefined {
  let handle: number | undefined;
  try {
    handle = openSync(path, "r");
    const buffer = Buffer.alloc(READ);
    return buffer.subarray(0, readSync(handle, buffer, 0, READ, 0));
  } catch {
    return undefined;
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}
