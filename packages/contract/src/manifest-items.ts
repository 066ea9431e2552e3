/** The items of a model's form, without the schemas: what a browser needs of a manifest, and nothing that loads zod. */
import type { Item, Manifest, Sample } from "./manifest.ts";

const FILE_ITEM_TYPES: readonly string[] = ["fileinput", "multifileinput", "combinefileinput"];

/** What reading inputs needs of a manifest. */
export type Form = Pick<Manifest, "inputs">;

const flattened = new WeakMap<Form, Item[]>();

/** All items of all groups, in form order. */
export function items(form: Form): Item[] {
  let found = flattened.get(form);
  if (!found) flattened.set(form, (found = form.inputs.flatMap((group) => group.items)));
  return found;
}

export function isFileItem(item: Item): boolean {
  return FILE_ITEM_TYPES.includes(item.type);
}

/** How many files a file item takes. */
export function mostFiles(item: Item): number {
  return item.type === "fileinput" ? 1 : (item.maxFiles ?? 20);
}

/** A sample in its long form, whichever way the manifest spells it. */
export function sampleOf(sample: Manifest["samples"][number]): Sample {
  return typeof sample === "string" ? { file: sample } : sample;
}
