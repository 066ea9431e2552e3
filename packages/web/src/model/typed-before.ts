/** What a visitor typed into the form while the page's scripts were still on their way. */
import { items, type ToolFacts } from "@modelyard/contract";
import type { FormValue } from "./form-values.ts";

/** The value of a field that is no longer what the server sent; undefined where it still is, or is no such field. */
function changed(field: HTMLElement | null): FormValue | undefined {
  if (field instanceof HTMLTextAreaElement) return field.value === field.defaultValue ? undefined : field.value;
  if (field instanceof HTMLSelectElement)
    return field.selectedOptions[0]?.defaultSelected === false ? field.value : undefined;
  if (!(field instanceof HTMLInputElement) || field.type === "file") return undefined;
  if (field.type === "checkbox") return field.checked === field.defaultChecked ? undefined : field.checked;
  // A range writes its number in its own way.
  const isSame =
    field.type === "range" ? Number(field.value) === Number(field.defaultValue) : field.value === field.defaultValue;
  return isSame ? undefined : field.value;
}

/** By item; to be asked for before React writes its own values into the fields. */
export function typedBefore(form: ToolFacts): Record<string, FormValue> {
  return Object.fromEntries(
    items(form).flatMap(({ id }) => {
      const value = changed(document.getElementById(`input-${id}`));
      return value === undefined ? [] : [[id, value]];
    }),
  );
}
