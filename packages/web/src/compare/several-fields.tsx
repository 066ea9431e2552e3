import type { Item } from "@modelyard/contract";
import { useId, useState } from "react";
import { Labelled } from "../ui/labelled.tsx";
import { isChoice, type Several, splitValues } from "./several.ts";

interface SeveralFieldsProps {
  /** What may have several values. */
  items: readonly Item[];
  several: Several | undefined;
  /** Runs that may be started. */
  room: number;
  problem: string | undefined;
  onChange: (several: Several | undefined) => void;
}

/** One input may have several values instead of the one in the form: one run for each. */
export function SeveralFields({ items, several, room, problem, onChange }: SeveralFieldsProps) {
  const [text, setText] = useState("");
  const problemId = useId();
  const item = items.find(({ id }) => id === several?.id);
  const type = (next: Item, typed: string) => {
    setText(typed);
    onChange({ id: next.id, values: splitValues(typed) });
  };
  const choose = (id: string) => {
    const next = items.find((one) => one.id === id);
    if (!next) return onChange(undefined);
    if (isChoice(next)) return onChange({ id, values: [] });
    type(next, "");
  };
  return (
    <fieldset className="grid gap-4 rounded-md border border-line p-4">
      <legend className="px-1 font-semibold">Several values</legend>
      <Labelled label="Input with several values" hint={`one run for each, at most ${room}`}>
        <select className="field" value={item?.id ?? ""} onChange={(event) => choose(event.target.value)}>
          <option value="">None: one run</option>
          {items.map(({ id, label }) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </select>
      </Labelled>
      {item && !isChoice(item) && (
        <Labelled label={`Values of ${item.label}`} hint="with commas between">
          <input
            type="text"
            className="field"
            placeholder="1, 2, 3"
            value={text}
            aria-describedby={problem ? problemId : undefined}
            aria-invalid={problem ? true : undefined}
            onChange={(event) => type(item, event.target.value)}
          />
        </Labelled>
      )}
      {item && isChoice(item) && (
        <fieldset className="flex flex-wrap gap-x-5 gap-y-1" aria-describedby={problem ? problemId : undefined}>
          <legend className="mb-1 font-semibold">Values of {item.label}</legend>
          {(item.options ?? []).map(({ value, label = value }) => (
            <label key={value} className="flex min-h-8 items-center gap-2">
              <input
                type="checkbox"
                className="size-5"
                checked={several?.values.includes(value) ?? false}
                onChange={(event) => {
                  const others = several?.values.filter((other) => other !== value) ?? [];
                  onChange({ id: item.id, values: event.target.checked ? [...others, value] : others });
                }}
              />
              {label}
            </label>
          ))}
        </fieldset>
      )}
      {problem !== undefined && (
        <p id={problemId} className="text-sm text-bad">
          {problem}
        </p>
      )}
    </fieldset>
  );
}
