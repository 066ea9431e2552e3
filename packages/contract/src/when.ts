/**
 * Inputs that apply only with certain values of others: `when` at an item or a group of the manifest. Pure, and without schemas, so that
 * browser, server and SDK hide the same items. A hidden item has no value: it is not required, what is sent for it is ignored, the model
 * does not get it, and no row of the price that names it applies.
 */
import type { Item, When } from "./manifest.ts";
import { type Form, items } from "./manifest-items.ts";

type Wanted = string | number | boolean;

const NONE: ReadonlySet<string> = new Set();
const found = new WeakMap<Form, Map<string, When[]>>();

/** The conditions of each item that has some: its group's, then its own. */
export function conditionsByItem(form: Form): Map<string, When[]> {
  let known = found.get(form);
  if (!known) {
    known = new Map();
    for (const group of form.inputs) {
      for (const item of group.items) {
        const both = [group.when, item.when].filter((when): when is When => when !== undefined);
        if (both.length > 0) known.set(item.id, both);
      }
    }
    found.set(form, known);
  }
  return known;
}

/** Whether the item may be hidden. */
export function isConditional(form: Form, id: string): boolean {
  return conditionsByItem(form).has(id);
}

function isSet(value: unknown): boolean {
  if (typeof value === "string") return value.trim() !== "";
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
}

function matches(value: unknown, wanted: Wanted): boolean {
  if (typeof wanted === "boolean") return isSet(value) === wanted;
  return value !== undefined && !Array.isArray(value) && String(value) === String(wanted);
}

/**
 * Ids of the items that do not apply. `read`: an item's checked value, undefined where it has none. A hidden item counts as not set for
 * those that depend on it.
 */
export function hiddenItems(form: Form, read: (item: Item) => unknown): ReadonlySet<string> {
  const conditional = conditionsByItem(form);
  if (conditional.size === 0) return NONE;
  const byId = new Map(items(form).map((item) => [item.id, item]));
  const known = new Map<string, boolean>();
  const isHidden = (id: string): boolean => {
    const before = known.get(id);
    if (before !== undefined) return before;
    // A circle is an error of the manifest; here it only must not go on for ever.
    known.set(id, false);
    const holds = ([other, wanted]: [string, When[string]]) => {
      const item = byId.get(other);
      const value = item && !isHidden(other) ? read(item) : undefined;
      return [wanted].flat().some((one) => matches(value, one));
    };
    const hidden = (conditional.get(id) ?? []).some((when) => !Object.entries(when).every(holds));
    known.set(id, hidden);
    return hidden;
  };
  return new Set([...conditional.keys()].filter(isHidden));
}

/** Ids of the items that may be hidden or shown by one of `ids`, directly or through others. */
export function dependentsOf(form: Form, ids: Iterable<string>): ReadonlySet<string> {
  const reached = new Set(ids);
  const dependents = new Set<string>();
  for (let size = -1; size !== dependents.size; ) {
    size = dependents.size;
    for (const [id, all] of conditionsByItem(form)) {
      if (!all.some((when) => Object.keys(when).some((other) => reached.has(other)))) continue;
      reached.add(id);
      dependents.add(id);
    }
  }
  return dependents;
}

function wordsFor(item: Item | undefined, id: string, wanted: When[string]): string {
  const list = [wanted].flat();
  const isBox = item?.type === "checkbox";
  const words = list.map((one) => {
    if (typeof one !== "boolean") return String(one);
    if (isBox) return one ? "true" : "false";
    return one ? "given" : "not given";
  });
  return `${id} is ${words.join(" or ")}`;
}

/** When the item applies, for programs and their authors: `mode is image or video, and picture is given`. "" = always. */
export function whenWords(form: Form, id: string): string {
  const byId = new Map(items(form).map((item) => [item.id, item]));
  return (conditionsByItem(form).get(id) ?? [])
    .flatMap((when) => Object.entries(when))
    .map(([other, wanted]) => wordsFor(byId.get(other), other, wanted))
    .join(", and ");
}
