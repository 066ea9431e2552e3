/** What the list of runs is narrowed to, as it stands in the address. Pure. */
import { TASK_OUTCOMES, type TaskOutcome } from "@modelyard/contract";
import type { TaskQuery } from "@modelyard/sdk";

export interface HistorySearch {
  /** Trainings instead of runs. */
  kind?: "trains";
  q?: string;
  model?: string;
  status?: TaskOutcome;
  tag?: string;
  /** Project id. */
  project?: number;
  /** Dates as YYYY-MM-DD, UTC, both included. */
  from?: string;
  to?: string;
  /** Dollars, both included. */
  min?: string;
  max?: string;
}

const DAY_SECONDS = 86_400;

const word = (value: unknown): string | undefined => {
  const text = typeof value === "string" || typeof value === "number" ? String(value).trim().slice(0, 200) : "";
  return text === "" ? undefined : text;
};
const date = (value: unknown): string | undefined =>
  typeof value === "string" && /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value)) ? value : undefined;

const dollars = (value: unknown): string | undefined =>
  /^\d{1,6}(\.\d{1,9})?$/.test(String(value).trim()) ? String(value).trim() : undefined;

/** Reads an address; what it cannot use is left out, so that every address shows a list. */
export function readHistorySearch(raw: Record<string, unknown>): HistorySearch {
  const project = Number(raw.project);
  return {
    kind: raw.kind === "trains" ? "trains" : undefined,
    q: word(raw.q),
    model: word(raw.model),
    tag: word(raw.tag),
    status: TASK_OUTCOMES.find((name) => name === raw.status),
    project: Number.isSafeInteger(project) && project > 0 ? project : undefined,
    from: date(raw.from),
    to: date(raw.to),
    min: dollars(raw.min),
    max: dollars(raw.max),
  };
}

/** The same as the API is asked. */
export function taskQuery({ q, model, status, tag, project, from, to, min, max }: HistorySearch): TaskQuery {
  return {
    ...(q ? { search: q } : {}),
    ...(model ? { modelName: model } : {}),
    ...(status ? { status } : {}),
    ...(tag ? { tags: [tag] } : {}),
    ...(project ? { projectid: String(project) } : {}),
    ...(from ? { from: Date.parse(from) / 1000 } : {}),
    ...(to ? { to: Date.parse(to) / 1000 + DAY_SECONDS } : {}),
    ...(min ? { costfrom: min } : {}),
    ...(max ? { costto: max } : {}),
  };
}

export function isNarrowed(search: HistorySearch): boolean {
  return Object.values(search).some((value) => value !== undefined);
}
