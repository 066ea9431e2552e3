/**
 * What an app does next: a pure function of its steps, its inputs and the runs of steps that there are. It is asked again after
 * every end of a step, so nothing about a running app needs to be kept anywhere else.
 */
import {
  type AppRunner,
  type AppStep,
  conditionsOf,
  type FileSource,
  needs,
  type RunInputs,
  templateOf,
  wholeExpression,
} from "@modelyard/contract";
import { allHold, fill, type Made, NOTHING, type Scope, UNKNOWN, type Value } from "./policy-values.ts";

/** A run of a step; `key` is the step's id, with `#0`, `#1` … behind it where the step has `each`. */
export type StepRun =
  | { state: "active" }
  | { state: "done"; files: readonly FileSource[]; text: string }
  | { state: "failed"; reason: string };

/** A run of a step that is to be started now. */
export interface Start {
  key: string;
  step: AppStep;
  /** Values for the model's inputs, not checked yet. */
  fields: Record<string, Value>;
}

export type Plan =
  | { kind: "failed"; reason: string }
  /** `done` of the `total` steps are over. */
  | { kind: "on"; start: Start[]; done: number; total: number }
  | ({ kind: "done" } & Made);

export function nameOfStep({ id, title }: AppStep): string {
  return title ?? id;
}

/** The values of a step's inputs that are there. Everything it refers to must be known. */
function fieldsOf(step: AppStep, scope: Scope): Record<string, Value> {
  const found: Record<string, Value> = {};
  for (const [id, given] of Object.entries(step.inputs)) {
    const value = fill(given, scope);
    if (value !== undefined && value !== UNKNOWN) found[id] = value;
  }
  return found;
}

/** The files that a step is run for, one each; undefined where it is simply run once. */
export function eachOf(step: AppStep, scope: Scope): readonly FileSource[] | typeof UNKNOWN | undefined {
  if (step.each === undefined) return undefined;
  const value = fill(step.each, scope);
  if (value === UNKNOWN) return UNKNOWN;
  return Array.isArray(value) ? value : [];
}

type Look = { kind: "made"; made: Made } | { kind: "on"; start: Start[] } | { kind: "failed"; reason: string };

/** Where one step stands whose earlier steps are over. */
function look(step: AppStep, scope: Scope, runs: ReadonlyMap<string, StepRun>, most: number): Look {
  if (allHold(conditionsOf(step), scope) !== true) return { kind: "made", made: NOTHING };
  const files = eachOf(step, scope);
  if (files !== undefined && files !== UNKNOWN && files.length > most)
    return { kind: "failed", reason: `Step ${nameOfStep(step)}: ${files.length} files are too many; at most ${most}.` };
  const scopes: [key: string, scope: Scope][] =
    files === undefined || files === UNKNOWN
      ? [[step.id, scope]]
      : files.map((file, index) => [`${step.id}#${index}`, { ...scope, each: { file, number: index + 1 } }]);
  const start: Start[] = [];
  const made: Made[] = [];
  for (const [key, inner] of scopes) {
    const run = runs.get(key);
    if (!run) start.push({ key, step, fields: fieldsOf(step, inner) });
    else if (run.state === "failed") return { kind: "failed", reason: `Step ${nameOfStep(step)}: ${run.reason}` };
    else if (run.state === "done") made.push(run);
  }
  if (made.length < scopes.length) return { kind: "on", start };
  const text = made.map((one) => one.text).filter((one) => one !== "");
  return { kind: "made", made: { files: made.flatMap((one) => one.files), text: text.join("\n"), runs: made } };
}

/** `most`: how many files the step may be run for (policy-quote.ts: what was held is for so many). */
export function planApp(
  app: AppRunner,
  inputs: RunInputs["values"],
  runs: ReadonlyMap<string, StepRun>,
  most: (step: AppStep) => number,
): Plan {
  const made = new Map<string, Made>();
  const start: Start[] = [];
  for (const step of app.steps) {
    if ([...needs(step)].some((id) => !made.has(id))) continue;
    const found = look(step, { inputs, made }, runs, most(step));
    if (found.kind === "failed") return found;
    if (found.kind === "on") start.push(...found.start);
    else made.set(step.id, found.made);
  }
  const total = app.steps.length;
  if (made.size < total) return { kind: "on", start, done: made.size, total };
  return { kind: "done", ...answerOf(app, { inputs, made }) };
}

function answerOf(app: AppRunner, scope: Scope): Made {
  const last = app.steps.at(-1)?.id ?? "";
  if (!app.outputs) return scope.made.get(last) ?? NOTHING;
  const files: FileSource[] = [];
  const texts: string[] = [];
  for (const output of app.outputs) {
    const value = fill(output, scope);
    if (Array.isArray(value)) files.push(...value);
    else if (typeof value === "string" && wholeExpression(templateOf(output))) texts.push(value);
  }
  return { files, text: texts.join("\n\n") };
}
