/** What differs between two states of a form, in words. Pure. */
import { type Item, items } from "@modelyard/contract";
import { type FileEntry, type Form, type FormValue, type FormValues, hiddenOf } from "./form-values.ts";

/** Words for one value, for lists of changes. */
export function shownValue(item: Item, value: FormValue | undefined): string {
  if (value === undefined || value === "") return "empty";
  if (typeof value === "boolean") return value ? "on" : "off";
  if (Array.isArray(value)) {
    const names = value.map((entry) =>
      entry.kind === "file" ? entry.file.name : (entry.url.split("/").at(-1) ?? entry.url),
    );
    return names.length === 0 ? "no file" : names.join(", ");
  }
  return item.options?.find((option) => option.value === value)?.label ?? value;
}

export interface Change {
  label: string;
  from: string;
  to: string;
}

function sameFiles(a: FileEntry[], b: FileEntry[]): boolean {
  const key = (entry: FileEntry) => (entry.kind === "url" ? entry.url : entry.file);
  return a.length === b.length && a.every((entry, index) => key(entry) === key(b[index] as FileEntry));
}

/** What differs between two states of the form, in its order. */
export function changes(form: Form, before: FormValues, after: FormValues): Change[] {
  const hidden = hiddenOf(form, after);
  return items(form).flatMap((item) => {
    if (hidden.has(item.id)) return [];
    const from = before[item.id];
    const to = after[item.id];
    const same = Array.isArray(from) && Array.isArray(to) ? sameFiles(from, to) : from === to;
    return same ? [] : [{ label: item.label, from: shownValue(item, from), to: shownValue(item, to) }];
  });
}
