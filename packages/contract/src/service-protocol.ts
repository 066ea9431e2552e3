/**
 * The line protocol between the worker and a warm model process (runner `service`).
 *
 * One JSON object a line, UTF-8, at most LINE_LIMIT bytes, on the process's stdin (worker → model) and stdout (model → worker).
 * A stdout line that is not a JSON object with a known `type` is a log line of the task that runs (dropped when none or several do).
 * stderr is log text too. The process says `ready` once it has loaded; it then serves up to `concurrency` runs at a time.
 * The same `progress`, `token` and `usage` lines, without an `id`, are understood on the stdout of runner `command`.
 */
import { z } from "zod";

/** Bytes in one protocol line, newline included. Longer lines from a model are cut and shown as text. */
export const LINE_LIMIT = 1024 * 1024;

const id = z.string().min(1).max(100);

/** What the worker writes to the model process. */
export const ServiceRequest = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("run"),
    id,
    /** Validated inputs by item id; file items are absolute paths (a list where the item takes several files). */
    inputs: z.record(z.string(), z.unknown()),
    /** Absolute path of the task's own folder (scratch space), removed after the run. */
    dir: z.string(),
    /** Absolute path of an empty folder: every regular file in it at the end is an output of the task. */
    outputDir: z.string(),
    /** W3C Trace Context of the run, where traces are recorded: spans of the model's own belong below it. */
    traceparent: z.string().optional(),
  }),
  /** Stop this run as soon as possible and answer `done` or `error`; the process is killed if it does not. */
  z.object({ type: z.literal("cancel"), id }),
]);
export type ServiceRequest = z.infer<typeof ServiceRequest>;

/** Progress of a run; all but `percentage` may be left out. Steps are counts, times are seconds. */
export const ProgressLine = z.object({
  type: z.literal("progress"),
  id: id.optional(),
  percentage: z.number().min(0).max(100),
  task: z.string().max(200).optional(),
  step: z.number().optional(),
  total: z.number().optional(),
  speed: z.number().optional(),
  speedType: z.string().max(40).optional(),
  elapsed: z.number().optional(),
  remaining: z.number().optional(),
});
export type ProgressLine = z.infer<typeof ProgressLine>;

/** A piece of generated text, appended to what came before. `thinking: true` marks reasoning that precedes the answer. */
export const TokenLine = z.object({
  type: z.literal("token"),
  id: id.optional(),
  text: z.string(),
  thinking: z.boolean().optional(),
});
export type TokenLine = z.infer<typeof TokenLine>;

/** What a price counts that only the model knows; the last line of a run counts. Checked where the price is made. */
export const UsageLine = z.object({
  type: z.literal("usage"),
  id: id.optional(),
  tokens: z.number().optional(),
  turns: z.number().optional(),
  /** Dollars as a decimal, for models whose price is what they report. */
  usd: z.string().max(40).optional(),
});
export type UsageLine = z.infer<typeof UsageLine>;

/** What the model process writes. */
export const ServiceMessage = z.discriminatedUnion("type", [
  z.object({ type: z.literal("ready") }),
  ProgressLine,
  TokenLine,
  UsageLine,
  z.object({
    type: z.literal("log"),
    id: id.optional(),
    stream: z.enum(["stdout", "stderr"]).default("stdout"),
    text: z.string(),
  }),
  /** The run succeeded. `text`: the whole answer of a model whose output is text and that did not stream tokens. */
  z.object({ type: z.literal("done"), id, text: z.string().optional() }),
  /** The run failed; the message is shown to the caller. */
  z.object({ type: z.literal("error"), id, message: z.string().max(4000) }),
]);
export type ServiceMessage = z.infer<typeof ServiceMessage>;
