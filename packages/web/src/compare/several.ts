/** One input with several values: one run for each. Pure. */
import { type Item, items } from "@modelyard/contract";
import { type Form, type FormValues, hiddenOf, problemOf } from "../model/form-values.ts";

/** Runs started with one click at most. */
export const MOST_AT_ONCE = 4;

/** The input that has several values, and they, as they are typed or ticked. */
export interface Several {
  id: string;
  values: readonly string[];
}

export const isChoice = (item: Item): boolean => item.type === "select" || item.type === "selectwithcover";
const isNumber = (item: Item): boolean => item.type === "number" || item.type === "range";

/** Items of the form that may have several values: numbers and choices that apply. */
export function variable(form: Form, values: FormValues): Item[] {
  const hidden = hiddenOf(form, values);
  return items(form).filter((item) => !hidden.has(item.id) && (isNumber(item) || isChoice(item)));
}

/** `1, 2 3` → 1, 2 and 3, each once. */
export function splitValues(text: string): string[] {
  return [...new Set(text.split(/[\s,;]+/).filter(Boolean))];
}

/** The form of each run. */
export function variations(values: FormValues, several: Several | undefined): FormValues[] {
  return several ? several.values.map((value) => ({ ...values, [several.id]: value })) : [values];
}

/** What is wrong with the several values, in words; undefined where nothing is. `room`: how many runs may be started. */
export function severalProblem(item: Item, { values }: Several, room: number): string | undefined {
  if (values.length === 0) return isChoice(item) ? "Tick the values." : "Give the values, such as 1, 2, 3.";
  if (values.length > room) return `At most ${room} values: so many runs fit here.`;
  const wrong = values.find((value) => problemOf(item, value) !== undefined);
  return wrong === undefined ? undefined : `${wrong}: ${problemOf(item, wrong)}`;
}
