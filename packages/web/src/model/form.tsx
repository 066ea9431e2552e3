/** A model's form, made from its manifest: groups, fields, and what is advanced folded away. */
import { type Item, isFileItem, type ToolFacts } from "@modelyard/contract";
import { useEffect, useRef } from "react";
import { accepts } from "./accepts.ts";
import { Field } from "./field.tsx";
import { type FormValue, type FormValues, hiddenOf } from "./form-values.ts";

export interface FormProps {
  form: Pick<ToolFacts, "inputs">;
  values: FormValues;
  /** Shown problems by item id. */
  problems: ReadonlyMap<string, string>;
  set: (id: string, value: FormValue) => void;
  /** A field was left: from now on its problem is shown. */
  onLeave: (id: string) => void;
}

export function ModelForm({ form, values, problems, set, onLeave }: FormProps) {
  usePastedFiles(form, values, set);
  const field = (item: Item) => (
    <Field
      key={item.id}
      item={item}
      value={values[item.id]}
      problem={problems.get(item.id)}
      picture={item.draw && values[item.draw.of]}
      onChange={(value) => set(item.id, value)}
      onLeave={() => onLeave(item.id)}
    />
  );
  const hidden = hiddenOf(form, values);
  const shown = form.inputs.map((group) => ({ ...group, items: group.items.filter(({ id }) => !hidden.has(id)) }));
  const advanced = shown.flatMap(({ items }) => items.filter((item) => item.advanced));
  const groups = shown.map((group) => ({ ...group, items: group.items.filter((item) => !item.advanced) }));
  // By the form, not by what of it applies: titles do not come and go with a group.
  const several = form.inputs.filter(({ items }) => items.some((item) => !item.advanced)).length > 1;
  return (
    <div className="grid gap-6">
      {groups.map(({ title, subtitle, items }) => {
        if (items.length === 0) return null;
        if (!several) return items.map(field);
        return (
          <fieldset key={title} className="grid gap-5">
            <legend className="mb-1 font-semibold">{title}</legend>
            {subtitle !== "" && <p className="text-sm text-soft">{subtitle}</p>}
            {items.map(field)}
          </fieldset>
        );
      })}
      {advanced.length > 0 && (
        <details
          className="rounded-md border border-line"
          open={advanced.some(({ id }) => problems.has(id)) || undefined}
        >
          <summary className="px-4 py-2.5 font-semibold">Advanced</summary>
          <div className="grid gap-5 border-t border-line p-4">{advanced.map(field)}</div>
        </details>
      )}
    </div>
  );
}

/** A picture in the clipboard goes into the first file field that takes it, wherever on the page it is pasted. */
function usePastedFiles(form: FormProps["form"], values: FormValues, set: FormProps["set"]): void {
  const latest = useRef({ form, values, set });
  latest.current = { form, values, set };
  useEffect(() => {
    const onPaste = (event: ClipboardEvent) => {
      const file = event.clipboardData?.files[0];
      if (!file) return;
      const { form, values, set } = latest.current;
      const hidden = hiddenOf(form, values);
      const item = form.inputs
        .flatMap(({ items }) => items)
        .find((one) => isFileItem(one) && !hidden.has(one.id) && accepts(one, file));
      if (!item) return;
      event.preventDefault();
      const entry = { kind: "file" as const, file };
      const before = values[item.id];
      set(item.id, item.type === "fileinput" || !Array.isArray(before) ? [entry] : [...before, entry]);
    };
    document.addEventListener("paste", onPaste);
    return () => document.removeEventListener("paste", onPaste);
  }, []);
}
