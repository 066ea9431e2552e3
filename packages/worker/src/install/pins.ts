/**
 * Hashes of weights whose manifest names none (`sha256: null`): the first pull is trusted, and what it brought is the only file that is
 * accepted from then on. One file, `<cacheDir>/pins.json`, by `owner/slug/file`; the operator may read and edit it.
 */
import { readFileSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Weight } from "@modelyard/contract";
import { scratchName } from "./scratch.ts";
import type { KnownWeight } from "./weights.ts";

interface Pin {
  sha256: string;
  size: number;
}
interface Named {
  owner: string;
  slug: string;
}

const keyOf = ({ owner, slug }: Named, file: string) => `${owner}/${slug}/${file}`;

function readPins(cacheDir: string): Record<string, Pin> {
  try {
    return JSON.parse(readFileSync(join(cacheDir, "pins.json"), "utf8")) as Record<string, Pin>;
  } catch {
    return {};
  }
}

/** The weights with the hashes that are pinned on this machine; undefined for those that were never pulled. */
export function knownWeights(cacheDir: string, model: Named, weights: readonly Weight[]): (KnownWeight | undefined)[] {
  const open = weights.some(({ sha256, size }) => sha256 === null || size === null);
  const pins = open ? readPins(cacheDir) : {};
  return weights.map((weight) => {
    const pin = Object.hasOwn(pins, keyOf(model, weight.file)) ? pins[keyOf(model, weight.file)] : undefined;
    const sha256 = weight.sha256 ?? pin?.sha256;
    const size = weight.size ?? pin?.size;
    return sha256 !== undefined && size !== undefined ? { ...weight, sha256, size } : undefined;
  });
}

export async function pin(cacheDir: string, model: Named, file: string, { sha256, size }: Pin): Promise<void> {
  await mkdir(cacheDir, { recursive: true });
  const pins = { ...readPins(cacheDir), [keyOf(model, file)]: { sha256, size } };
  const scratch = scratchName(cacheDir);
  await writeFile(scratch, `${JSON.stringify(pins, null, 2)}\n`);
  await rename(scratch, join(cacheDir, "pins.json"));
}
