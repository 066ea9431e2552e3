/** The values of a model's form: what a person typed or chose, as text, and what is made of it. Pure. */
import {
  fileValue,
  hiddenInputs,
  type Item,
  isFileItem,
  items,
  mostFiles,
  type RunInputs,
  readInputs,
  type ToolFacts,
} from "@modelyard/contract";

export type FileEntry = { kind: "file"; file: File; preview?: string } | { kind: "url"; url: string };

/** Text of fields and selects, a checkbox's state, or files. Numbers are text until they are read: a person may be half way through one. */
export type FormValue = string | boolean | FileEntry[];
export type FormValues = Readonly<Record<string, FormValue>>;

type Plain = string | number | boolean;
export type Form = Pick<ToolFacts, "inputs">;

export function defaultValue(item: Item): FormValue {
  if (isFileItem(item)) return [];
  if (item.type === "checkbox") return item.default === true || item.default === "true";
  if (item.type === "select" || item.type === "selectwithcover")
    return String(item.default ?? item.options?.[0]?.value ?? "");
  if (item.type === "range") return String(item.default ?? item.min ?? 0);
  return item.default === undefined ? "" : String(item.default);
}

/** The form with these values in it; what does not fit an item is left at its default. */
export function formValues(form: Form, given: Readonly<Record<string, unknown>> = {}): Record<string, FormValue> {
  const entries = items(form).map((item): [string, FormValue] => {
    const value = Object.hasOwn(given, item.id) ? given[item.id] : undefined;
    return [item.id, fromPlain(item, value) ?? defaultValue(item)];
  });
  return Object.fromEntries(entries);
}

export function fromPlain(item: Item, value: unknown): FormValue | undefined {
  if (isFileItem(item)) {
    const urls = (Array.isArray(value) ? value : [value]).filter(
      (one): one is string => typeof one === "string" && one !== "",
    );
    return urls.length > 0 ? urls.map((url) => ({ kind: "url", url })) : undefined;
  }
  if (item.type === "checkbox") return typeof value === "boolean" ? value : value === "true" ? true : undefined;
  if (typeof value === "object" || value === undefined) return undefined;
  const text = String(value);
  if (item.options && !item.options.some((option) => option.value === text)) return undefined;
  return text;
}

/** What differs from the defaults and fits into an address or a browser's store: addresses of files, but not files. */
export function keptValues(form: Form, values: FormValues): Record<string, Plain> {
  const kept: Record<string, Plain> = {};
  for (const item of items(form)) {
    const value = values[item.id];
    if (value === undefined || value === defaultValue(item)) continue;
    if (!Array.isArray(value)) kept[item.id] = value;
    else if (value[0]?.kind === "url") kept[item.id] = value[0].url;
  }
  return kept;
}

function rawOf(value: FormValue | undefined, file: (entry: File) => unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.map((entry) => (entry.kind === "url" ? entry.url : file(entry.file)));
}

function rawValues(values: FormValues): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([id, value]) => [id, rawOf(value, described)]));
}

/** Ids of the items that do not apply with what the form holds (`when`). What was typed into them stays in `values`. */
export function hiddenOf(form: Form, values: FormValues): ReadonlySet<string> {
  return hiddenInputs(form, rawValues(values));
}

export function described(file: File) {
  return fileValue({ ref: "", name: file.name, contentType: file.type, size: file.size });
}

/** What is wrong with one field, in words for the person who fills it in; undefined where nothing is. */
export function problemOf(item: Item, value: FormValue | undefined): string | undefined {
  return rawProblem(item, rawOf(value, described));
}

/** The same for a value as a program would send it. */
export function rawProblem(item: Item, raw: unknown): string | undefined {
  // By itself: whether it applies is another question.
  const form = { inputs: [{ title: "", subtitle: "", items: [{ ...item, when: undefined }] }] };
  const read = readInputs(form, { [item.id]: raw });
  const error = read.ok ? undefined : read.errors[0];
  if (!error) return undefined;
  switch (error.error) {
    case "parameterRequired":
      return `${item.label} is needed.`;
    case "filesRequired":
      return `${item.label} is needed: choose a file or give its address.`;
    case "parameterNotNumber":
      return "This must be a number.";
    case "parameterOutOfRange":
      return item.min !== undefined && item.max !== undefined
        ? `Choose a number from ${item.min} to ${item.max}.`
        : "This number is too large or too small.";
    case "parameterTooLong":
      return `This is too long: at most ${(item.maxLength ?? 100_000).toLocaleString("en")} characters.`;
    case "filesTooMany":
      return `Too many files: at most ${mostFiles(item)}.`;
    case "parameterNotText":
      return "This must be text.";
    case "parameterNotBoolean":
      return "This must be true or false.";
    case "fileInvalid":
      return "This must be the address of a file.";
    case "parameterNotOption":
      return "Choose one of the values offered.";
    default:
      return "This value cannot be used.";
  }
}

export function problems(form: Form, values: FormValues): Map<string, string> {
  const hidden = hiddenOf(form, values);
  const found = items(form)
    .filter(({ id }) => !hidden.has(id))
    .map((item) => [item.id, problemOf(item, values[item.id])] as const);
  return new Map(found.filter((entry): entry is readonly [string, string] => entry[1] !== undefined));
}

/** Checked values, for the price; undefined while something is wrong. */
export function checkedValues(form: Form, values: FormValues): RunInputs["values"] | undefined {
  const read = readInputs(form, rawValues(values));
  return read.ok ? read.inputs.values : undefined;
}

/** The body of a run: an empty optional field is left out, so that its default holds, and so is one that does not apply. */
export function runBody(form: Form, values: FormValues): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  const hidden = hiddenOf(form, values);
  for (const item of items(form)) {
    const value = values[item.id];
    if (hidden.has(item.id) || value === undefined || value === "" || (Array.isArray(value) && value.length === 0))
      continue;
    const raw = rawOf(value, (file) => file);
    const one = item.type === "fileinput" && Array.isArray(raw) ? raw[0] : raw;
    body[item.id] = item.type === "number" || item.type === "range" ? Number(one) : one;
  }
  return body;
}

/** The same for code samples: files of this computer by their name. */
export function sampleValues(form: Form, values: FormValues): Record<string, unknown> {
  const body = runBody(form, values);
  const named = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(named);
    return typeof File !== "undefined" && value instanceof File ? { file: value.name } : value;
  };
  return Object.fromEntries(
    Object.entries(body)
      // Addresses and files are not mixed in one sample list.
      .map(([id, value]) => [id, named(value)]),
  );
}
