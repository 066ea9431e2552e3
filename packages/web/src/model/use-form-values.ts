/** The form's state: from the address, else from the last visit, else the defaults; kept in both as it changes. */
import type { ToolFacts } from "@modelyard/contract";
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { isFirstPage } from "../ui/hydration.ts";
import { type FormValue, type FormValues, formValues, keptValues } from "./form-values.ts";
import type { ModelSearch } from "./model-search.ts";
import { typedBefore } from "./typed-before.ts";

/** Characters of values that still go into the address; longer ones are kept in this browser only. */
const ADDRESS_LIMIT = 1_500;
/** Time after the last change until it is kept, in milliseconds. */
const PAUSE_MS = 300;

interface UseFormValues {
  values: FormValues;
  set: (id: string, value: FormValue) => void;
  setAll: (values: FormValues) => void;
  reset: () => void;
  /** Keeps the values now instead of after a pause: what follows may leave the page. */
  keep: () => void;
}

function readKept(key: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key) ?? "null");
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function writeKept(key: string, values: Readonly<Record<string, unknown>>): void {
  try {
    if (Object.keys(values).length === 0) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(values));
  } catch {
    // Full or forbidden: the address still has them.
  }
}

const keyOf = (model: { slugowner: string; slugproject: string }) =>
  `modelyard:inputs:${model.slugowner}/${model.slugproject}`;

/** Lets the model's form open with these inputs, where they are too long for its address. */
export function keepInputs(
  model: { slugowner: string; slugproject: string },
  inputs: Readonly<Record<string, unknown>>,
): void {
  writeKept(keyOf(model), inputs);
}

/** Inputs for the address of a model's page; undefined where they are too long for it, or lists, which it does not take. */
export function addressInputs(inputs: Readonly<Record<string, unknown>>): ModelSearch["inputs"] {
  const isPlain = Object.values(inputs).every((value) => ["string", "number", "boolean"].includes(typeof value));
  return isPlain && JSON.stringify(inputs).length <= ADDRESS_LIMIT ? (inputs as ModelSearch["inputs"]) : undefined;
}

export function useFormValues(
  model: { id: string; slugowner: string; slugproject: string; modelyard: ToolFacts },
  inAddress: Readonly<Record<string, unknown>> | undefined,
): UseFormValues {
  const form = model.modelyard;
  const key = keyOf(model);
  const [values, setValues] = useState<FormValues>(() => formValues(form, inAddress));
  const navigate = useNavigate();
  const touched = useRef(false);

  // With hydration: the server does not know what this browser keeps, nor what was typed in the meantime.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once a visit, with what the page was opened with
  useLayoutEffect(() => {
    const kept = inAddress ? undefined : readKept(key);
    const typed = isFirstPage() ? typedBefore(form) : {};
    if (Object.keys(typed).length > 0) touched.current = true;
    setValues((before) => ({ ...(kept ? formValues(form, kept) : before), ...typed }));
  }, [key]);

  const keep = useCallback(() => {
    if (!touched.current) return;
    const kept = keptValues(form, values);
    writeKept(key, kept);
    const fits = JSON.stringify(kept).length <= ADDRESS_LIMIT;
    const inputs = fits && Object.keys(kept).length > 0 ? kept : undefined;
    void navigate({
      to: ".",
      search: (search) => ({ ...search, inputs }),
      replace: true,
      resetScroll: false,
      hash: true,
    });
  }, [form, key, values, navigate]);
  useEffect(() => {
    const timer = setTimeout(keep, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [keep]);

  const setAll = useCallback((next: FormValues) => {
    touched.current = true;
    setValues(next);
  }, []);
  return {
    values,
    set: useCallback((id, value) => {
      touched.current = true;
      setValues((before) => ({ ...before, [id]: value }));
    }, []),
    setAll,
    keep,
    reset: useCallback(() => setAll(formValues(form)), [form, setAll]),
  };
}
