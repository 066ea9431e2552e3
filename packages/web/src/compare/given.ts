/** What was typed for a run, carried over to another model's form. Pure. */
import { type Item, isFileItem, items, mostFiles, sharedItems } from "@modelyard/contract";
import { defaultValue, type Form, type FormValue, type FormValues } from "../model/form-values.ts";

/** Values by the id of their item, with the item that they were given for. */
export type Given = ReadonlyMap<string, { item: Item; value: FormValue }>;

/** What was given before, and this form's values in place of those of the same id. */
export function withValues(given: Given, form: Form, values: FormValues): Given {
  const entries = items(form).flatMap((item) => {
    const value = values[item.id];
    return value === undefined ? [] : [[item.id, { item, value }] as const];
  });
  return new Map([...given, ...entries]);
}

/** The value as the item takes it; undefined where it does not. */
function fitting(item: Item, value: FormValue): FormValue | undefined {
  if (isFileItem(item)) return Array.isArray(value) ? value.slice(0, mostFiles(item)) : undefined;
  if (item.options && !item.options.some((option) => option.value === value)) return undefined;
  return value;
}

const isGiven = (item: Item, value: FormValue) =>
  Array.isArray(value) ? value.length > 0 : value !== defaultValue(item);

export interface Carried {
  values: Record<string, FormValue>;
  /** Labels of what was given and has no place in this form. */
  left: string[];
}

/** The form with the values that it shares by id and kind; the rest is at its defaults. */
export function carried(given: Given, form: Form): Carried {
  const before = { inputs: [{ title: "", subtitle: "", items: [...given.values()].map(({ item }) => item) }] };
  const values = Object.fromEntries(items(form).map((item) => [item.id, defaultValue(item)]));
  const taken = new Set<string>();
  for (const item of sharedItems(before, form)) {
    const found = given.get(item.id);
    const value = found && fitting(item, found.value);
    if (value === undefined) continue;
    values[item.id] = value;
    taken.add(item.id);
  }
  const left = [...given.values()].filter(({ item, value }) => !taken.has(item.id) && isGiven(item, value));
  return { values, left: left.map(({ item }) => item.label) };
}
