/** Events of a run in plain words. Pure. */
import type { EventBody, TaskEvent, TaskEventType } from "@modelyard/contract";
import { duration } from "../catalogue/describe.ts";

export const EVENT_WORDS: Record<TaskEventType, string> = {
  task_queue: "Queued",
  task_accept: "Taken up by a worker",
  task_preprocess_start: "Fetching the inputs",
  task_preprocess_end: "Inputs fetched, model prepared",
  task_assign: "Has its place on the machine",
  task_start: "Running",
  task_output: "Output",
  task_error: "Printed as an error",
  task_output_full: "All of its output",
  task_error_full: "All that was printed as errors",
  task_end: "Model ended",
  task_postprocess_start: "Collecting the results",
  task_postprocess_end: "Results collected",
  task_cancel: "Stopped",
};

/** Characters of a body that are shown. */
const SHORT = 120;

/** What an event added, in one line; "" where it is all that came before, or nothing. */
export function bodyWords(body: EventBody | null): string {
  if (body === null || body.kind === "full") return "";
  if (body.kind === "progress") {
    const step = body.step === undefined || body.total === undefined ? "" : ` ${body.step} of ${body.total}`;
    return `${Math.round(body.percentage)} %${body.task ? `, ${body.task}` : ""}${step}`;
  }
  const text = body.kind === "text" ? body.text : (body.answer ?? body.thinking ?? "");
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > SHORT ? `${line.slice(0, SHORT)} …` : line;
}

/** Milliseconds as seconds with one decimal; minutes without. */
export function passedWords(ms: number): string {
  return ms < 90_000 ? `${(ms / 1000).toFixed(1)} s` : duration(ms / 1000);
}

export interface Attempt {
  /** Unix milliseconds. */
  at: number;
  /** How long it took; undefined while it goes on. */
  ms: number | undefined;
  end: "lost" | "ended" | "stopped" | "goes on";
}

/** Each time a worker took the run up, the first one first. */
export function attemptsIn(events: readonly TaskEvent[]): Attempt[] {
  const attempts: Attempt[] = [];
  const ends: Partial<Record<TaskEventType, Attempt["end"]>> = {
    task_queue: "lost",
    task_postprocess_end: "ended",
    task_cancel: "stopped",
  };
  for (const { type, at } of events) {
    if (type === "task_accept") attempts.push({ at, ms: undefined, end: "goes on" });
    const end = ends[type];
    const last = attempts.at(-1);
    // A run that waits again may be stopped, or given up, without another attempt.
    if (end && last?.end === "goes on") Object.assign(last, { end, ms: at - last.at });
  }
  return attempts;
}
