/** What is wrong with a manifest, each with its path, in words for its author and with a hint where one can be given. */
import { z } from "zod";
import { Manifest } from "./manifest.ts";
import { meant } from "./spelling.ts";

/** Keys and numbers that lead to a value of the manifest. */
export type ManifestPath = readonly PropertyKey[];

export interface ManifestProblem {
  path: ManifestPath;
  /** The key at that place which is one too many. */
  key: string | undefined;
  text: string;
  /** "" where there is none. */
  hint: string;
}

type JsonSchema = {
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
};
let schema: JsonSchema | undefined;

/** Keys that may stand at this place of a manifest. */
function keysAt(path: ManifestPath): string[] {
  schema ??= z.toJSONSchema(Manifest, { io: "input" }) as JsonSchema;
  let here: JsonSchema[] = [schema];
  const spread = (one: JsonSchema): JsonSchema[] => [
    one,
    ...[...(one.anyOf ?? []), ...(one.oneOf ?? [])].flatMap(spread),
  ];
  for (const step of path) {
    here = here.flatMap(spread).flatMap((one) => {
      const next = typeof step === "number" ? one.items : one.properties?.[String(step)];
      return next ? [next] : [];
    });
  }
  return [...new Set(here.flatMap(spread).flatMap((one) => Object.keys(one.properties ?? {})))];
}

/** Of the ways in which a value could have been meant, the one that it came closest to. */
function flatten(issue: z.core.$ZodIssue, before: ManifestPath = []): z.core.$ZodIssue[] {
  const path = [...before, ...issue.path] as PropertyKey[];
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return [{ ...issue, path }];
  const depth = (issues: readonly z.core.$ZodIssue[]) => Math.max(...issues.map((one) => one.path.length));
  const closest = [...issue.errors].sort((a, b) => depth(b) - depth(a))[0] ?? [];
  return closest.flatMap((one) => flatten(one, path));
}

/** For text where a number or true or false belongs. */
function bareHint(wanted: string, text: string): string {
  const isBoolean = wanted === "boolean";
  if (isBoolean && /^(yes|on)$/i.test(text)) return "Write true.";
  if (isBoolean && /^(no|off)$/i.test(text)) return "Write false.";
  const isMeant = isBoolean ? /^(true|false)$/i.test(text) : text.trim() !== "" && Number.isFinite(Number(text));
  return isMeant ? "Write it without quotes." : "";
}

/** What YAML's values are called here, by zod's names and JavaScript's. */
const KINDS: Record<string, string> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a map",
  record: "a map",
};

function kindOf(value: unknown): string {
  if (value === null) return "empty";
  return Array.isArray(value) ? "a list" : (KINDS[typeof value] ?? typeof value);
}

function describe(issue: z.core.$ZodIssue, value: unknown): { text: string; hint: string } {
  const name = issue.path.map(String).join(".");
  const where = name === "" ? "" : `${name}: `;
  const nearest = (words: readonly unknown[]) => {
    const word = meant(String(value), words.map(String));
    return word === undefined ? "" : `Did you mean ${word}?`;
  };
  switch (issue.code) {
    case "unrecognized_keys": {
      const [key = ""] = issue.keys;
      const known = keysAt(issue.path);
      const word = meant(key, known);
      const hint = word === undefined ? `Known here: ${known.join(", ")}.` : `Did you mean ${word}?`;
      return { text: `${where}there is no ${key} here`, hint };
    }
    case "invalid_value": {
      const values = issue.values.map(String);
      if (value === undefined) return { text: `${where}is missing`, hint: `It is one of ${values.join(", ")}.` };
      return { text: `${where}${JSON.stringify(value)} is none of ${values.join(", ")}`, hint: nearest(values) };
    }
    case "invalid_union": {
      const options = "options" in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
      return {
        text: `${where}must be one of ${options.join(", ")}`,
        hint: value === undefined ? "" : nearest(options),
      };
    }
    case "invalid_type": {
      const wanted = KINDS[issue.expected] ?? issue.expected;
      if (value === undefined) return { text: `${where}is missing`, hint: `It is ${wanted}.` };
      const quoted = issue.expected === "string" && typeof value !== "object";
      const bare = ["number", "int", "boolean"].includes(issue.expected) && typeof value === "string";
      const hint = quoted
        ? `Write it in quotes: "${String(value)}".`
        : bare
          ? bareHint(issue.expected, String(value))
          : "";
      return { text: `${where}must be ${wanted}, and is ${kindOf(value)}`, hint };
    }
    default:
      return { text: `${where}${issue.message}`, hint: "" };
  }
}

function valueAt(root: unknown, path: ManifestPath): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined),
    root,
  );
}

/** Checks a parsed model.yaml; problems are in the order of the schema. */
export function checkManifest(
  raw: unknown,
): { ok: true; manifest: Manifest } | { ok: false; problems: ManifestProblem[] } {
  const checked = Manifest.safeParse(raw);
  if (checked.success) return { ok: true, manifest: checked.data };
  const problems = checked.error.issues
    .flatMap((issue) => flatten(issue))
    .flatMap((issue): z.core.$ZodIssue[] =>
      issue.code === "unrecognized_keys" ? issue.keys.map((key) => ({ ...issue, keys: [key] })) : [issue],
    )
    .map((issue): ManifestProblem => {
      const key = issue.code === "unrecognized_keys" ? issue.keys[0] : undefined;
      return { path: issue.path, key, ...describe(issue, valueAt(raw, issue.path)) };
    });
  return { ok: false, problems };
}
