/**
 * Reading a run's inputs against the model's manifest. Pure: the browser, the SDK and the server get the same answer.
 * Rules and texts: wire-contract.md 3 and 4, reliability.md 0.9 and (c) 26 to 36.
 */
import type { ApiError } from "./errors-entry.ts";
import { inputError } from "./errors-inputs.ts";
import type { Item } from "./manifest.ts";
import { type Form, isFileItem, items, mostFiles } from "./manifest-items.ts";
import { hiddenItems } from "./when.ts";

/** A file that came with the request and is already stored; `ref` is the server's own identity of it. */
export interface FileValue {
  ref: string;
  name: string;
  contentType: string;
  /** Bytes. */
  size: number;
}
/** One value of a file item: a stored file, or an address that the worker fetches. */
export type FileSource = { file: FileValue } | { url: string };

export interface RunInputs {
  /** Checked values by item id, defaults filled in; file items are lists of FileSource. */
  values: Record<string, string | number | boolean | FileSource[]>;
}

/** Where something is wrong, `values` has what is right: enough for a price while a form is being filled in. */
export type ReadInputs =
  | { ok: true; inputs: RunInputs }
  | { ok: false; errors: ApiError[]; values: RunInputs["values"] };

/** Deepest nesting of a request body: JSON.parse takes 100,000 levels, JSON.stringify overflows the stack at 5,000. */
export const MAX_DEPTH = 32;
/** Characters of a text whose item says nothing else. */
export const DEFAULT_MAX_LENGTH = 100_000;
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$/;

/** Marks what `fileValue` made: a JSON body can spell any object, but not one of these. */
const FILE_VALUES = new WeakSet<object>();

/** An uploaded file as the value of a field. */
export function fileValue<F extends FileValue>(file: F): { file: F } {
  const value = { file };
  FILE_VALUES.add(value);
  return value;
}

export function isFileValue(value: unknown): value is { file: FileValue } {
  return typeof value === "object" && value !== null && FILE_VALUES.has(value);
}

/** Whether `value` nests deeper than `limit` levels of arrays and objects; does not recurse. */
export function deeperThan(value: unknown, limit: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    const next: unknown[] = [];
    for (const item of level) {
      if (typeof item !== "object" || item === null) continue;
      if (depth >= limit) return true;
      for (const child of Object.values(item)) if (typeof child === "object" && child !== null) next.push(child);
    }
    level = next;
  }
  return false;
}

function clean(text: string): string {
  return text.toWellFormed().replaceAll("\0", "");
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

function readText(item: Item, raw: unknown): string | ApiError {
  if (typeof raw === "object" && raw !== null) return inputError("parameterNotText", item.id);
  const text = isAbsent(raw) ? "" : clean(String(raw));
  if (text.trim() === "") {
    if (item.default !== undefined && text === "") return String(item.default);
    return item.required ? inputError("parameterRequired", item.id) : text;
  }
  const max = item.maxLength ?? DEFAULT_MAX_LENGTH;
  return text.length > max ? inputError("parameterTooLong", item.id, max) : text;
}

function readNumber(item: Item, raw: unknown): number | ApiError {
  if (isAbsent(raw)) return Number(item.default ?? item.min ?? 0);
  if (typeof raw !== "number" && typeof raw !== "string") return inputError("parameterNotNumber", item.id);
  if (typeof raw === "string" && !NUMBER.test(raw)) return inputError("parameterNotNumber", item.id);
  const value = Number(raw);
  if (!Number.isFinite(value)) return inputError("parameterNotNumber", item.id);
  // Whole numbers beyond 2⁵³ would be rounded without a word, so they are out of range where nothing narrower is.
  const min = item.min ?? -Number.MAX_SAFE_INTEGER;
  const max = item.max ?? Number.MAX_SAFE_INTEGER;
  return value < min || value > max ? inputError("parameterOutOfRange", item.id, min, max) : value;
}

function readSelect(item: Item, raw: unknown): string | ApiError {
  const options = (item.options ?? []).map((option) => option.value);
  if (isAbsent(raw)) return String(item.default ?? options[0] ?? "");
  if (typeof raw === "object") return inputError("parameterNotOption", item.id, options);
  const value = String(raw);
  return options.includes(value) ? value : inputError("parameterNotOption", item.id, options);
}

function readCheckbox(item: Item, raw: unknown): boolean | ApiError {
  if (isAbsent(raw)) return item.default === true || item.default === "true";
  if (raw === true || raw === "true" || raw === "1" || raw === 1 || raw === "on") return true;
  if (raw === false || raw === "false" || raw === "0" || raw === 0 || raw === "off") return false;
  return inputError("parameterNotBoolean", item.id);
}

/** One raw field of a file item → its values. Strings may be one URL, comma-separated URLs or a JSON array of them. */
function fileSources(raw: unknown, many: boolean): FileSource[] {
  if (isAbsent(raw)) return [];
  if (Array.isArray(raw)) return raw.flatMap((value) => fileSources(value, many));
  if (isFileValue(raw)) return [raw];
  if (typeof raw !== "string") return [{ url: typeof raw === "object" ? "" : String(raw) }];
  const text = clean(raw).trim();
  if (text === "") return [];
  if (text.startsWith("[")) {
    try {
      return fileSources(JSON.parse(text), many);
    } catch {
      return [{ url: text }];
    }
  }
  if (!many) return [{ url: text }];
  // A comma inside a URL is legal; only one that is followed by another scheme separates two addresses.
  return text.split(/,(?=\s*https?:\/\/)/i).map((url) => ({ url: url.trim() }));
}

function readFiles(item: Item, raw: unknown, rawUrl: unknown): FileSource[] | ApiError {
  const many = item.type !== "fileinput";
  const found = [...fileSources(raw, many), ...fileSources(rawUrl, many)];
  if (found.length === 0) return item.required ? inputError("filesRequired", item.id) : [];
  for (const source of found) {
    if (!("url" in source)) continue;
    if (source.url === "") return inputError("fileInvalid", item.id, "must be a file or an address");
    if (source.url.length > 2048) return inputError("fileInvalid", item.id, "address is longer than 2048 characters");
  }
  const max = mostFiles(item);
  return found.length > max ? inputError("filesTooMany", item.id, max) : found;
}

function readItem(item: Item, raw: Readonly<Record<string, unknown>>) {
  const own = (id: string) => (Object.hasOwn(raw, id) ? raw[id] : undefined);
  if (isFileItem(item)) return readFiles(item, own(item.id), own(`${item.id}Url`));
  const value = own(item.id);
  switch (item.type) {
    case "number":
    case "range":
      return readNumber(item, value);
    case "select":
    case "selectwithcover":
      return readSelect(item, value);
    case "checkbox":
      return readCheckbox(item, value);
    default:
      return readText(item, value);
  }
}

/** Ids of the items that do not apply with these raw values (`when`). A value that cannot be used counts as none. */
export function hiddenInputs(manifest: Form, raw: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  return hiddenItems(manifest, (item) => {
    const value = readItem(item, raw);
    return value instanceof Error ? undefined : value;
  });
}

/**
 * Checks `raw` (a parsed body) against the manifest. Unknown fields are not an error; they are simply not values, and neither is
 * what is sent for an item that does not apply.
 */
export function readInputs(manifest: Form, raw: Readonly<Record<string, unknown>>): ReadInputs {
  const values: RunInputs["values"] = {};
  const errors: ApiError[] = [];
  const hidden = hiddenInputs(manifest, raw);
  for (const item of items(manifest)) {
    if (hidden.has(item.id)) continue;
    const value = readItem(item, raw);
    if (value instanceof Error) errors.push(value);
    else values[item.id] = value;
  }
  return errors.length > 0 ? { ok: false, errors, values } : { ok: true, inputs: { values } };
}
