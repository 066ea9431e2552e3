/**
 * Inputs that apply only with certain values of others: `when` at an item or a group of the manifest. Pure, and without schemas, so that
 * browser, server and SDK hide the same items. A hidden item has no value: it is not required, what is sent for it is ignored, the model
 * does not get it, and no row of the price that names it applies.
 */
import type { Item, When } from "./manifest.ts";
import { type Form, isFileItem, items } from "./manifest-items.ts";

type Wanted = string | number | boolean;

const NONE: ReadonlySet<string> = new Set();
const found = new WeakMap<Form, Map<string, When[]>>();

/** The conditions of each item that has some: its group's, then its own. */
function conditions(form: Form): Map<string, When[]> {
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
  return conditions(form).has(id);
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
  const conditional = conditions(form);
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
    for (const [id, all] of conditions(form)) {
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
  return (conditions(form).get(id) ?? [])
    .flatMap((when) => Object.entries(when))
    .map(([other, wanted]) => wordsFor(byId.get(other), other, wanted))
    .join(", and ");
}

export interface WhenProblem {
  /** Below `inputs`. */
  path: (string | number)[];
  message: string;
}

/** Why the item can never have this value; undefined where it can. */
function valueProblem(item: Item, wanted: Wanted): string | undefined {
  const isFlag = typeof wanted === "boolean";
  if (item.type === "checkbox") return isFlag ? undefined : `${item.id} is a checkbox: write true or false`;
  if (isFileItem(item))
    return isFlag ? undefined : `${item.id} is a file: write true (there is one) or false (there is none)`;
  if (item.type === "text" || item.type === "textarea") return undefined;
  if (isFlag) return `${item.id} always has a value: write which one`;
  if (item.type === "number" || item.type === "range")
    return typeof wanted === "number" ? undefined : `${item.id} is a number, and ${JSON.stringify(wanted)} is none`;
  return item.options?.some(({ value }) => value === String(wanted)) === false
    ? `${item.id} has no option ${JSON.stringify(wanted)}`
    : undefined;
}

/** What is wrong with the conditions of a form: names that do not exist, values that cannot be, and circles. */
export function whenProblems(groups: Form["inputs"]): WhenProblem[] {
  const form = { inputs: groups };
  const byId = new Map(items(form).map((item) => [item.id, item]));
  const problems: WhenProblem[] = [];
  const check = (when: When | undefined, path: (string | number)[], owners: readonly string[]) => {
    for (const [other, wanted] of Object.entries(when ?? {})) {
      const at = (message: string) => problems.push({ path: [...path, "when", other], message });
      const item = byId.get(other);
      if (!item) {
        at(`there is no input ${other}`);
        continue;
      }
      const wrong = [wanted].flat().flatMap((one) => valueProblem(item, one) ?? []);
      for (const message of wrong) at(message);
      const circle = owners.map((owner) => wayTo(form, other, owner)).find((way) => way !== undefined);
      if (circle) at(`this goes in a circle: ${[circle.at(-1), ...circle].join(" → ")}`);
    }
  };
  for (const [g, group] of groups.entries()) {
    check(
      group.when,
      [g],
      group.items.map(({ id }) => id),
    );
    for (const [i, item] of group.items.entries()) check(item.when, [g, "items", i], [item.id]);
  }
  return problems;
}

/** The way from an item over the items that it depends on to another one: both are in it. */
function wayTo(form: Form, from: string, to: string, seen = new Set<string>()): string[] | undefined {
  if (from === to) return [from];
  if (seen.has(from)) return undefined;
  seen.add(from);
  for (const when of conditions(form).get(from) ?? []) {
    for (const next of Object.keys(when)) {
      const way = wayTo(form, next, to, seen);
      if (way) return [from, ...way];
    }
  }
  return undefined;
}
