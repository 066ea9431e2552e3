/**
 * Which runs of a model take about as long: those with the same options, switches and numbers, as many files, and texts of about the same
 * length. Pure, and without schemas: browser and server say the same.
 */
import type { RunInputs } from "./inputs.ts";
import { type Form, items } from "./manifest-items.ts";

/** Numbers by this name choose one of many results, and say nothing of the work. */
const SEED = /seed/i;

/** A short name of what such runs have in common. It tells nothing of what was chosen, but to who tries out what it may be. */
export function likenessOf(form: Form, values: RunInputs["values"]): string {
  const parts = items(form).map(({ id, type }) => {
    const value = values[id];
    if (value === undefined || SEED.test(id)) return "";
    if (Array.isArray(value)) return value.length;
    return type === "text" || type === "textarea" ? magnitude(String(value).length) : value;
  });
  return hash(JSON.stringify(parts)).toString(36);
}

/** 0 for nothing; one more for each four times as long. */
function magnitude(length: number): number {
  return length === 0 ? 0 : Math.floor(Math.log2(length) / 2) + 1;
}

/** FNV-1a with 32 bits, over UTF-16 units. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let n = 0; n < text.length; n++) value = Math.imul(value ^ text.charCodeAt(n), 0x01000193);
  return value >>> 0;
}
