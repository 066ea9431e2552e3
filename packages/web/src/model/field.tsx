/** One field of a model's form, for each type an item can have. All are the browser's own controls: keyboards and screen readers know them. */
import { type Item, isFileItem } from "@modelyard/contract";
import { useId } from "react";
import { Icon } from "../ui/icons.tsx";
import { DrawOn } from "./draw-on.tsx";
import type { ControlProps, FieldProps } from "./field-props.ts";
import { FileField } from "./file-field.tsx";

export function Field(props: FieldProps) {
  const { item, problem } = props;
  const id = `input-${item.id}`;
  const unique = useId();
  const hasNote = Boolean(item.note || item.description);
  const describedBy =
    [hasNote && `${unique}note`, problem && `${unique}problem`].filter(Boolean).join(" ") || undefined;
  const control = { ...props, id, describedBy };
  const note = hasNote && (
    <p id={`${unique}note`} className="text-sm text-soft">
      {[item.description, item.note].filter(Boolean).join(" ")}
    </p>
  );
  const trouble = problem && (
    <p id={`${unique}problem`} className="flex items-start gap-1.5 text-sm text-bad">
      <Icon name="alert" className="mt-0.5 size-4" />
      {problem}
    </p>
  );
  if (item.type === "checkbox") {
    return (
      <div className="grid gap-1.5">
        <label className="flex min-h-10 items-center gap-3">
          <input
            id={id}
            type="checkbox"
            className="size-5"
            checked={props.value === true}
            aria-describedby={describedBy}
            onChange={(event) => props.onChange(event.target.checked)}
          />
          {item.label}
        </label>
        {note}
        {trouble}
      </div>
    );
  }
  if (item.type === "selectwithcover" || isFileItem(item)) {
    return (
      <fieldset className="grid gap-1.5" aria-describedby={describedBy}>
        <legend className="mb-1.5 font-medium">
          {item.label}
          <Required item={item} />
        </legend>
        {item.type === "selectwithcover" ? <CoverSelect {...control} /> : <FileField {...control} />}
        <DrawOn {...props} />
        {note}
        {trouble}
      </fieldset>
    );
  }
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className="font-medium">
        {item.label}
        <Required item={item} />
      </label>
      <Control {...control} />
      <DrawOn {...props} />
      {note}
      {trouble}
    </div>
  );
}

function Required({ item }: { item: Item }) {
  if (!item.required || item.default !== undefined || item.type === "select") return null;
  return <span className="ml-1.5 text-sm font-normal text-soft">(required)</span>;
}

function Control(props: ControlProps) {
  const { item, value, onChange, onLeave, id, describedBy, problem } = props;
  const shared = {
    id,
    className: "field",
    value: typeof value === "string" ? value : "",
    placeholder: item.placeholder,
    "aria-describedby": describedBy,
    "aria-invalid": problem ? true : undefined,
    "aria-required": item.required || undefined,
    onBlur: onLeave,
  };
  switch (item.type) {
    case "textarea":
      return (
        <textarea
          {...shared}
          rows={item.rows ?? 4}
          className="field field-sizing-content max-h-96 leading-relaxed"
          onChange={(event) => onChange(event.target.value)}
        />
      );
    case "number":
      // Not type="number": it swallows what it cannot read, and wheels change it.
      return (
        <input
          {...shared}
          type="text"
          inputMode={item.step === undefined || item.step % 1 !== 0 ? "decimal" : "numeric"}
          placeholder={item.placeholder ?? (item.default === undefined ? "Left empty, the model chooses" : undefined)}
          onChange={(event) => onChange(event.target.value.trim())}
        />
      );
    case "range":
      return <Range {...props} />;
    case "select":
      return (
        <select {...shared} onChange={(event) => onChange(event.target.value)}>
          {(item.options ?? []).map((option) => (
            <option key={option.value} value={option.value}>
              {option.label ?? option.value}
            </option>
          ))}
        </select>
      );
    default:
      return <input {...shared} type="text" onChange={(event) => onChange(event.target.value)} />;
  }
}

/** A slider, and the same number to type (WCAG 2.5.7). */
function Range({ item, value, onChange, onLeave, id, describedBy, problem }: ControlProps) {
  const text = typeof value === "string" ? value : "";
  const min = item.min ?? 0;
  const max = item.max ?? 100;
  return (
    <div className="flex items-center gap-4">
      <input
        type="range"
        className="h-10 min-w-0 grow"
        aria-label={`${item.label}, slider`}
        min={min}
        max={max}
        step={item.step ?? "any"}
        value={Number.isFinite(Number(text)) ? Number(text) : min}
        onChange={(event) => onChange(event.target.value)}
      />
      <input
        id={id}
        type="text"
        inputMode="decimal"
        className="field w-20 shrink-0 text-right tabular-nums"
        value={text}
        aria-describedby={describedBy}
        aria-invalid={problem ? true : undefined}
        onBlur={onLeave}
        onChange={(event) => onChange(event.target.value.trim())}
      />
    </div>
  );
}

function CoverSelect({ item, value, onChange, id }: ControlProps) {
  return (
    <div className="grid grid-cols-[repeat(auto-fill,minmax(6.5rem,1fr))] gap-2">
      {(item.options ?? []).map((option) => (
        <label
          key={option.value}
          className="relative grid cursor-pointer content-start overflow-hidden rounded-md border border-edge bg-card text-sm has-checked:border-signal has-checked:ring-2 has-checked:ring-signal has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-signal"
        >
          <input
            type="radio"
            name={id}
            className="absolute top-2 left-2 size-4"
            checked={value === option.value}
            onChange={() => onChange(option.value)}
          />
          {option.cover ? (
            <img src={option.cover} alt="" loading="lazy" className="aspect-4/3 w-full object-cover" />
          ) : (
            <span className="aspect-4/3 bg-sunk" />
          )}
          <span className="px-2.5 py-1.5">{option.label ?? option.value}</span>
        </label>
      ))}
    </div>
  );
}
