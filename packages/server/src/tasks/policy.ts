/** Pure rules about what a caller may ask of a task. */
import { type Money, parseUsd, readTags, TASK_OUTCOMES, type TaskOutcome } from "@modelyard/contract";

/** Tasks in one page of a list at most. */
const LIST_LIMIT = 100;

/** The task a request means: any of the wire's three identifiers, each of which may carry an id or a token (wire-contract.md 3 and 7). */
export function taskIdentifier(
  fields: Readonly<Record<string, unknown>>,
): { id: number } | { token: string } | "missing" | "none" {
  for (const name of ["taskid", "tasktoken", "socketaccesstoken"]) {
    const raw = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (raw === undefined || raw === null || raw === "") continue;
    if (typeof raw !== "string" && typeof raw !== "number") return "none";
    const text = String(raw).trim();
    if (/^\d{1,15}$/.test(text)) return { id: Number(text) };
    return /^[A-Za-z0-9]{30}$/.test(text) ? { token: text } : "none";
  }
  return "missing";
}

/** Rows of a task's log in one page of its events; a row holds at most one report's. */
export const EVENT_ROWS = 50;

/** The number behind which a task's events are asked for. */
export function eventsAfter(fields: Readonly<Record<string, unknown>>): number {
  const after = plain(fields, "after") ?? "";
  return /^\d{1,15}$/.test(after) ? Number(after) : 0;
}

/** A field as text; undefined where it is neither text nor a number. */
function plain(fields: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const raw = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return typeof raw === "string" || typeof raw === "number" ? String(raw).trim() : undefined;
}

/** The field `tags`, a list of texts or text with commas between; undefined = one of them is no tag, or there are too many. */
export function wantedTags(fields: Readonly<Record<string, unknown>>): string[] | undefined {
  const raw = Object.hasOwn(fields, "tags") ? fields.tags : undefined;
  const words = Array.isArray(raw) ? raw : [raw ?? ""];
  return words.every((word) => typeof word === "string") ? readTags(words.join(",")) : undefined;
}

/** On no task: what is no tag finds nothing. */
const NO_TAG = "";

/** Characters of a search that count. */
const SEARCH_LIMIT = 200;

export interface ListQuery {
  modelName: string;
  order: "asc" | "desc";
  start: number;
  limit: number;
  outcome: TaskOutcome | undefined;
  projectId: number | undefined;
  /** The steps of this run of an app instead of runs. */
  parentId: number | undefined;
  /** In lower case; "" = all. */
  search: string;
  /** Unix milliseconds: made at `from` or later, before `to`. */
  from: number | undefined;
  to: number | undefined;
  /** Only tasks that ended and cost so much, both included. Below 10⁶ dollars, so that a number holds them exactly. */
  costFrom: Money | undefined;
  costTo: Money | undefined;
  /** Only tasks that have all of these tags. */
  tags: string[];
  /** Only smaller ids. */
  before: number | undefined;
}

/** What a list of tasks is asked for; numbers come as text, and what cannot be read does not narrow it. */
export function listQuery(fields: Readonly<Record<string, unknown>>): ListQuery {
  const text = (name: string) => plain(fields, name) ?? "";
  const count = (name: string, otherwise: number) => (/^\d{1,9}$/.test(text(name)) ? Number(text(name)) : otherwise);
  const whole = (name: string) => (/^\d{1,15}$/.test(text(name)) ? Number(text(name)) : undefined);
  const milliseconds = (name: string) => (/^\d{1,11}$/.test(text(name)) ? Number(text(name)) * 1000 : undefined);
  const dollars = (name: string) => (/^\d{1,6}(\.\d{1,9})?$/.test(text(name)) ? parseUsd(text(name)) : undefined);
  return {
    modelName: text("modelName"),
    order: text("order").toUpperCase() === "ASC" ? "asc" : "desc",
    start: count("start", 0),
    limit: Math.min(count("limit", 20), LIST_LIMIT),
    outcome: TASK_OUTCOMES.find((name) => name === text("status")),
    projectId: whole("projectid"),
    parentId: whole("parenttaskid"),
    search: text("search").toWellFormed().replaceAll("\0", "").slice(0, SEARCH_LIMIT).toLowerCase(),
    from: milliseconds("from"),
    to: milliseconds("to"),
    tags: wantedTags(fields) ?? [NO_TAG],
    costFrom: dollars("costfrom"),
    costTo: dollars("costto"),
    before: whole("before"),
  };
}

/**
 * The address to call back, or "" for none. Prose that is not an address must not fail the run (a published sample sends it);
 * an address of another scheme, or with credentials, is refused. Whether the host may be called is decided when it is called.
 */
export function callbackAddress(raw: unknown): { ok: true; url: string } | { ok: false } {
  if (typeof raw !== "string" || raw.trim() === "") return { ok: true, url: "" };
  const text = raw.trim();
  const web = /^https?:/i.test(text);
  // "Optional: where to call back" is prose too, although "Optional" could be a scheme.
  if (!web && (/\s/.test(text) || !/^[a-z][a-z0-9+.-]*:/i.test(text))) return { ok: true, url: "" };
  if (text.length > 2048) return { ok: false };
  const url = URL.parse(text);
  if (!url) return web ? { ok: false } : { ok: true, url: "" };
  const plain = url.username === "" && url.password === "";
  return (url.protocol === "http:" || url.protocol === "https:") && plain ? { ok: true, url: url.href } : { ok: false };
}
