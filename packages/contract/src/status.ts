/** `/v1/Status/Detail`: whether this server answers and runs models, now and in the last 90 days. Public: no names, no amounts. */
import { z } from "zod";
import { SwitchedOn } from "./operate.ts";

const digits = z.string().regex(/^\d+$/);

/** Days of history that are kept. */
export const STATUS_DAYS = 90;

/** Minutes of one day (UTC) since the history began. */
export const StatusDay = z.strictObject({
  day: z.string().describe("YYYY-MM-DD, UTC."),
  minutes: digits.describe("That have passed of it."),
  up: digits.describe("In which the server answered."),
  running: digits.describe("In which a worker was there and the queue was not paused."),
  paused: digits.describe("In which the operator kept all runs waiting."),
});
export type StatusDay = z.infer<typeof StatusDay>;

export const StatusGap = z.strictObject({
  kind: z
    .enum(["down", "stopped", "paused"])
    .describe(
      "`down`: the server did not answer. `stopped`: no worker was there. `paused`: the operator kept all runs waiting.",
    ),
  from: digits.describe("Unix seconds."),
  to: digits.describe('Unix seconds; "0" = it goes on.'),
});
export type StatusGap = z.infer<typeof StatusGap>;

export const StatusResponse = z.strictObject({
  result: z.literal(true),
  errors: z.array(z.never()),
  running: z.boolean().describe("Runs are started now."),
  paused: SwitchedOn.nullable().describe("The operator keeps all runs waiting."),
  ready: digits.describe("Runs that waited for a free worker, a minute ago at most."),
  oldest: digits.describe("Seconds for which the first of them has waited."),
  since: digits.describe('Unix seconds of the first sample; "0" = none yet.'),
  days: z.array(StatusDay).describe("The oldest first."),
  gaps: z.array(StatusGap).describe("Of the last seven days, the newest first; at most 50."),
});
export type StatusResponse = z.infer<typeof StatusResponse>;
