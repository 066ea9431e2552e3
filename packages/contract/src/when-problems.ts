/** What is wrong with the conditions (`when`) of a form: names that do not exist, values that cannot be, and circles. Pure. */
import type { Item, When } from "./manifest.ts";
import { type Form, isFileItem, items } from "./manifest-items.ts";
import { meant } from "./spelling.ts";
import { conditionsByItem } from "./when.ts";

type Wanted = string | number | boolean;

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

export function whenProblems(groups: Form["inputs"]): WhenProblem[] {
  const form = { inputs: groups };
  const byId = new Map(items(form).map((item) => [item.id, item]));
  const problems: WhenProblem[] = [];
  const check = (when: When | undefined, path: (string | number)[], owners: readonly string[]) => {
    for (const [other, wanted] of Object.entries(when ?? {})) {
      const at = (message: string) => problems.push({ path: [...path, "when", other], message });
      const item = byId.get(other);
      if (!item) {
        const word = meant(other, byId.keys());
        at(`there is no input ${other}${word === undefined ? "" : `. Did you mean ${word}?`}`);
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
  for (const when of conditionsByItem(form).get(from) ?? []) {
    for (const next of Object.keys(when)) {
      const way = wayTo(form, next, to, seen);
      if (way) return [from, ...way];
    }
  }
  return undefined;
}
