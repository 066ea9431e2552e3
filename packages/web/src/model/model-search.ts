/** The state of a model's page that stands in its address. */
import { LANGUAGE_IDS, type LanguageId } from "../samples/language-ids.ts";

export interface ModelSearch {
  /** Values of the form that differ from their defaults, by item id. */
  inputs?: Record<string, string | number | boolean>;
  /** Id of the task that is shown. */
  run?: number;
  lang?: LanguageId;
  /** How the code samples sign in; `signature` is the default. */
  auth?: "apikey";
  /** `program`: one whole program instead of steps. */
  code?: "program";
  /** After a report: it has arrived. */
  reported?: true;
}

export function readModelSearch(raw: Record<string, unknown>): ModelSearch {
  const run = Number(raw.run);
  return {
    inputs: plainValues(raw.inputs),
    run: Number.isSafeInteger(run) && run > 0 ? run : undefined,
    lang: LANGUAGE_IDS.find((id) => id === raw.lang),
    auth: raw.auth === "apikey" ? "apikey" : undefined,
    code: raw.code === "program" ? "program" : undefined,
    reported: raw.reported ? true : undefined,
  };
}

function plainValues(raw: unknown): ModelSearch["inputs"] {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) return undefined;
  const entries = Object.entries(raw).filter(
    (entry): entry is [string, string | number | boolean] =>
      ["string", "number", "boolean"].includes(typeof entry[1]) && entry[0] !== "__proto__",
  );
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}
