/** What code samples are made for: the model, the language and the form as it stands. */
import type { ToolDetail } from "@modelyard/contract";
import type { ModelSearch } from "../model/model-search.ts";
import { LANGUAGE_IDS, type LanguageId } from "./language-ids.ts";

/** A value of the form as a program would send it. Files are addresses, or the name of a file on the caller's disk. */
export type SampleValue = string | number | boolean | string[] | { file: string } | { file: string }[];

export interface SamplesRequest {
  owner: string;
  model: string;
  language: LanguageId;
  auth: "signature" | "apikey";
  mode: "steps" | "program";
  /** Values that differ from the defaults, by item id; the rest is filled in from the form. */
  inputs: Record<string, SampleValue>;
  /** The selected project's key as it may be shown; "" for nobody. */
  maskedKey: string;
}

export function samplesRequest(
  model: Pick<ToolDetail, "cleanslugowner" | "cleanslugproject">,
  search: ModelSearch,
): SamplesRequest {
  return {
    owner: model.cleanslugowner,
    model: model.cleanslugproject,
    language: search.lang ?? "curl",
    auth: search.auth ?? "signature",
    mode: search.code === "program" ? "program" : "steps",
    inputs: search.inputs ?? {},
    maskedKey: "",
  };
}

const isFile = (value: unknown): value is { file: string } =>
  typeof value === "object" && value !== null && "file" in value && typeof value.file === "string";

function sampleValue(value: unknown): SampleValue | undefined {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (isFile(value)) return { file: value.file };
  if (!Array.isArray(value)) return undefined;
  if (value.every((one) => typeof one === "string")) return value;
  return value.every(isFile) ? value.map(({ file }) => ({ file })) : undefined;
}

/** Reads a request's fields; undefined where they are none of ours. */
export function readSamplesRequest(raw: Readonly<Record<string, unknown>>): SamplesRequest | undefined {
  const language = LANGUAGE_IDS.find((id) => id === raw.language);
  const { owner, model, maskedKey, inputs } = raw;
  if (!language || typeof owner !== "string" || typeof model !== "string") return undefined;
  const entries = typeof inputs === "object" && inputs !== null ? Object.entries(inputs) : [];
  const values = entries.flatMap(([id, value]) => {
    const read = sampleValue(value);
    return read === undefined ? [] : [[id, read] as const];
  });
  return {
    owner,
    model,
    language,
    auth: raw.auth === "apikey" ? "apikey" : "signature",
    mode: raw.mode === "program" ? "program" : "steps",
    inputs: Object.fromEntries(values),
    maskedKey: typeof maskedKey === "string" ? maskedKey.slice(0, 100) : "",
  };
}
