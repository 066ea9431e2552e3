/** The inputs of a run as JSON text: what the form holds, and the form from what was typed. Pure. Loaded with the JSON tab. */
import { hiddenInputs, type Item, isFileItem, items, meant, whenWords } from "@modelyard/contract";
import { getNodeValue, type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import {
  defaultValue,
  described,
  type FileEntry,
  type Form,
  type FormValue,
  type FormValues,
  fromPlain,
  rawProblem,
  sampleValues,
} from "./form-values.ts";

export interface JsonProblem {
  /** From 1 on; undefined where something is missing altogether. */
  line: number | undefined;
  text: string;
  /** It cannot be run like this. */
  blocks: boolean;
}

export interface JsonReading {
  /** The form with what was typed; undefined where the text is no JSON object. */
  values: FormValues | undefined;
  problems: JsonProblem[];
}

/** The inputs as a program would send them. A file of this computer stands there by its name: `{ "file": "lake.jpg" }`. */
export function jsonOf(form: Form, values: FormValues): string {
  return JSON.stringify(sampleValues(form, values), undefined, 2);
}

/** By the names of the parser's errors. */
const SYNTAX: Readonly<Record<string, string>> = {
  InvalidSymbol: "this is no value of JSON. Text stands in double quotes.",
  InvalidNumberFormat: "this is not a number as JSON writes it.",
  PropertyNameExpected: "a field's name in double quotes is missing here, or there is a comma too many.",
  ValueExpected: "a value is missing here.",
  ColonExpected: "a colon is missing before this.",
  CommaExpected: "a comma or a closing bracket is missing before this.",
  CloseBraceExpected: "the closing } is missing.",
  CloseBracketExpected: "the closing ] is missing.",
  EndOfFileExpected: "something follows the closing }.",
  InvalidCommentToken: "JSON has no comments.",
  UnexpectedEndOfComment: "JSON has no comments.",
  UnexpectedEndOfString: "the closing quotation mark is missing.",
  UnexpectedEndOfNumber: "this is not a number as JSON writes it.",
  InvalidUnicode: "after \\u four digits are needed.",
  InvalidEscapeCharacter: "JSON knows no such character after \\.",
  InvalidCharacter: "a line break or another control character stands in the text. Write \\n for a new line.",
};

/** `before`: the form until now. What does not apply, or cannot be said in a form, stays as it was there. */
export function readJson(form: Form, text: string, before: FormValues): JsonReading {
  const lineOf = (offset: number) => text.slice(0, offset).split("\n").length;
  const broken = (line: number, why: string): JsonReading => ({
    values: undefined,
    problems: [{ line, text: `Line ${line}: ${why}`, blocks: true }],
  });
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true });
  if (text.trim() === "") return broken(1, "there is nothing. { } means that every input has its default.");
  const [first] = errors;
  if (first) return broken(lineOf(first.offset), SYNTAX[printParseErrorCode(first.error)] ?? "this is not JSON.");
  if (root?.type !== "object") return broken(1, "the inputs are one object, in { and }.");

  const problems: JsonProblem[] = [];
  const known = new Map(items(form).map((item) => [item.id, item]));
  const fields = new Map<string, { line: number; value: unknown }>();
  for (const { children } of root.children ?? []) {
    const [name, value] = children as [Node, Node];
    const id = String(name.value);
    const line = lineOf(name.offset);
    const say = (words: string) => problems.push({ line, text: `Line ${line}: ${words}`, blocks: false });
    if (fields.has(id)) say(`${id} is there a second time. The last one counts.`);
    fields.set(id, { line, value: getNodeValue(value) });
    if (known.has(id)) continue;
    const word = meant(id, known.keys());
    say(`the model has no input ${id}${word === undefined ? "" : `. Did you mean ${word}?`}`);
  }

  const raw = new Map<string, unknown>();
  for (const [id, { value }] of fields) {
    const item = known.get(id);
    if (item) raw.set(id, isFileItem(item) ? withFiles(value, before[id]) : value);
  }
  const hidden = hiddenInputs(form, Object.fromEntries(raw));
  const values: Record<string, FormValue> = {};
  for (const item of items(form)) {
    const { id, label } = item;
    const field = fields.get(id);
    const kept = before[id] ?? defaultValue(item);
    if (hidden.has(id)) {
      values[id] = kept;
      if (field) {
        const words = `${label} (${id}) applies only when ${whenWords(form, id)}. It is not sent.`;
        problems.push({ line: field.line, text: `Line ${field.line}: ${words}`, blocks: false });
      }
      continue;
    }
    const value = raw.get(id);
    const wrong = problemIn(item, value);
    if (wrong !== undefined) {
      const where = field ? `Line ${field.line}: ${label} (${id}): ` : "";
      problems.push({ line: field?.line, text: where + wrong, blocks: true });
    }
    values[id] = formValue(item, value) ?? (field && wrong !== undefined ? kept : defaultValue(item));
  }
  return { values, problems: problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)) };
}

const isNamed = (value: unknown): value is { file: string } =>
  typeof value === "object" && value !== null && "file" in value && typeof value.file === "string";

/** Files of this computer that are in the form already, in place of their names. */
function withFiles(value: unknown, before: FormValue | undefined): unknown {
  if (Array.isArray(value)) return value.map((one) => withFiles(one, before));
  if (!isNamed(value)) return value;
  const entries = Array.isArray(before) ? before : [];
  const entry = entries.find((one) => one.kind === "file" && one.file.name === value.file);
  return entry?.kind === "file" ? fileOf(entry.file) : value;
}

/** What a stored file would be, with the one that it is. */
const files = new WeakMap<object, File>();
function fileOf(file: File) {
  const value = described(file);
  files.set(value, file);
  return value;
}

function problemIn(item: Item, raw: unknown): string | undefined {
  const missing = [raw].flat().find((one) => isFileItem(item) && isNamed(one) && !files.has(one));
  if (isNamed(missing))
    return `${missing.file} is no file that you have chosen in the form. Choose it there, or write an address.`;
  return rawProblem(item, raw);
}

function formValue(item: Item, raw: unknown): FormValue | undefined {
  if (raw === undefined || raw === null) return undefined;
  if (!isFileItem(item)) return fromPlain(item, raw);
  const entries = [raw].flat().flatMap((one): FileEntry[] => {
    const file = typeof one === "object" && one !== null ? files.get(one) : undefined;
    if (file) return [{ kind: "file", file }];
    return typeof one === "string" && one !== "" ? [{ kind: "url", url: one }] : [];
  });
  return entries.length > 0 ? entries : undefined;
}
