/** The run's inputs as JSON, beside the form: each follows the other. Loaded when it is first opened. */
import { type RefObject, useEffect, useId, useMemo, useState } from "react";
import { CopyButton } from "../ui/copy-button.tsx";
import { Icon } from "../ui/icons.tsx";
import { announce } from "../ui/toast.tsx";
import type { Form, FormValues } from "./form-values.ts";
import { jsonOf, readJson } from "./json-values.ts";

/** Time after the last letter until a problem is said to screen readers, in milliseconds. */
const PAUSE_MS = 1_000;

interface JsonTabProps {
  form: Form;
  values: FormValues;
  setAll: (values: FormValues) => void;
  /** Is told why it cannot be run as it stands; undefined where it can. */
  trouble: RefObject<string | undefined>;
}

export function JsonTab({ form, values, setAll, trouble }: JsonTabProps) {
  const unique = useId();
  const [typed, setTyped] = useState(() => ({ values, text: jsonOf(form, values) }));
  // The form was changed elsewhere: by a sample, a pasted file, or in the other tab.
  const own = typed.values === values ? typed : { values, text: jsonOf(form, values) };
  if (own !== typed) setTyped(own);
  const { text } = own;
  const problems = useMemo(() => readJson(form, text, values).problems, [form, text, values]);
  const first = problems.find(({ blocks }) => blocks)?.text;
  useEffect(() => {
    trouble.current = first;
    if (first === undefined) return;
    const timer = setTimeout(() => announce(first), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [first, trouble]);

  const change = (next: string) => {
    const read = readJson(form, next, values).values ?? values;
    setTyped({ values: read, text: next });
    if (read !== values) setAll(read);
  };
  return (
    <div className="grid gap-1.5">
      <div className="flex items-end justify-between gap-4">
        <label htmlFor="inputs-as-json" className="font-medium">
          Inputs as JSON
        </label>
        <CopyButton text={() => text} label="Copy the JSON" />
      </div>
      <textarea
        id="inputs-as-json"
        rows={14}
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        className="field field-sizing-content max-h-[70vh] min-h-48 font-mono text-sm leading-relaxed"
        value={text}
        aria-invalid={first === undefined ? undefined : true}
        aria-describedby={`${unique}note ${unique}problems`}
        onChange={(event) => change(event.target.value)}
      />
      <p id={`${unique}note`} className="text-sm text-soft">
        The form follows what is typed here. A file is its address, or the name of one that was chosen in the form.
      </p>
      <ul id={`${unique}problems`} aria-label="Problems of the JSON" className="grid gap-1 text-sm empty:hidden">
        {problems.map(({ text: words, blocks }) => (
          <li key={words} className={`flex items-start gap-1.5 wrap-anywhere ${blocks ? "text-bad" : "text-wait"}`}>
            <Icon name="alert" className="mt-0.5 size-4" />
            {words}
          </li>
        ))}
      </ul>
    </div>
  );
}
