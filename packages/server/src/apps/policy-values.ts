/** What the texts of an app's steps come to, given what is known so far. */
import {
  type Condition,
  type Expression,
  type FileSource,
  type Reference,
  type RunInputs,
  templateOf,
  wholeExpression,
} from "@modelyard/contract";

/** Known only once an earlier step has ended. */
export const UNKNOWN = Symbol("unknown");

export type Value = string | number | boolean | readonly FileSource[];
/** Undefined: there is none. */
export type Known = Value | undefined | typeof UNKNOWN;

/** What a step made; a step that was left out made nothing. */
export interface Made {
  files: readonly FileSource[];
  text: string;
  /** Of a step with `each`: what its runs made one by one. */
  runs?: readonly Made[];
}

export const NOTHING: Made = { files: [], text: "" };

export interface Scope {
  inputs: RunInputs["values"];
  /** The steps that are over, by id; what is not in here is not known yet. */
  made: ReadonlyMap<string, Made>;
  /** In a step with `each`. */
  each?: { file: FileSource | typeof UNKNOWN; number: number };
}

function resolve(reference: Reference, { inputs, made, each }: Scope): Known {
  switch (reference.kind) {
    case "input":
      return inputs[reference.id];
    case "each":
      return each?.file === UNKNOWN ? UNKNOWN : each && [each.file];
    case "number":
      return each?.number;
  }
  const whole = made.get(reference.step);
  if (!whole) return UNKNOWN;
  const step = reference.own ? (whole.runs?.[(each?.number ?? 0) - 1] ?? NOTHING) : whole;
  if (reference.kind === "text") return step.text;
  const { index } = reference;
  return index === undefined ? step.files : step.files.slice(index, index + 1);
}

/** Whether there is something: text that is not empty, at least one file, any number, yes or no. */
function isThere(value: Value | undefined): value is Value {
  return value !== undefined && value !== "" && !(Array.isArray(value) && value.length === 0);
}

function evaluate(expression: Expression, scope: Scope): Known {
  for (const reference of expression) {
    const value = resolve(reference, scope);
    if (value === UNKNOWN || isThere(value)) return value;
  }
  return undefined;
}

function asText(value: Value | undefined): string {
  if (Array.isArray(value)) throw new TypeError("files have no text");
  return value === undefined ? "" : String(value);
}

/** A step's value for one input of its model. */
export function fill(given: string | number | boolean, scope: Scope): Known {
  if (typeof given !== "string") return given;
  const template = templateOf(given);
  const whole = wholeExpression(template);
  if (whole) return evaluate(whole, scope);
  const parts = template.map((part) => (typeof part === "string" ? part : evaluate(part, scope)));
  return parts.includes(UNKNOWN) ? UNKNOWN : parts.map((part) => asText(part as Value | undefined)).join("");
}

function listOf(value: string | number | boolean | (string | number | boolean)[]): string[] {
  return (Array.isArray(value) ? value : [value]).map(String);
}

function holds({ value, is, not }: Condition, scope: Scope): boolean | typeof UNKNOWN {
  const found = fill(value, scope);
  if (found === UNKNOWN) return UNKNOWN;
  if (is === undefined && not === undefined) return isThere(found) && found !== false;
  const text = Array.isArray(found) ? String(found.length) : asText(found);
  return (is === undefined || listOf(is).includes(text)) && (not === undefined || !listOf(not).includes(text));
}

/** Whether all conditions hold; one that fails decides, whatever is not known yet. */
export function allHold(conditions: readonly Condition[], scope: Scope): boolean | typeof UNKNOWN {
  const found = conditions.map((condition) => holds(condition, scope));
  if (found.includes(false)) return false;
  return found.includes(UNKNOWN) ? UNKNOWN : true;
}
