/**
 * One entry of a task's event log. What is stored is the increment (a piece of text, the new tokens);
 * the cumulative message that sockets carry (wire-contract.md 10) is folded from it by `foldFrame`.
 */
import { z } from "zod";
import type { TaskEventType } from "./task.ts";

/** A progress message; numbers as the model gave them, seconds and counts. */
export const ProgressBody = z.strictObject({
  kind: z.literal("progress"),
  percentage: z.number().min(0).max(100),
  task: z.string().max(200).optional(),
  step: z.number().optional(),
  total: z.number().optional(),
  speed: z.number().optional(),
  speedType: z.string().max(40).optional(),
  elapsed: z.number().optional(),
  remaining: z.number().optional(),
});

export const EventBody = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("text"), text: z.string() }),
  ProgressBody,
  /** Newly generated text; `speed` in tokens a second, `elapsed` in seconds since the first token. */
  z.strictObject({
    kind: z.literal("tokens"),
    thinking: z.string().optional(),
    answer: z.string().optional(),
    speed: z.number().optional(),
    elapsed: z.number().optional(),
  }),
  /** Everything that was printed, at the end of the run. */
  z.strictObject({
    kind: z.literal("full"),
    raw: z.string(),
    thinking: z.array(z.string()).optional(),
    answer: z.array(z.string()).optional(),
  }),
]);
export type EventBody = z.infer<typeof EventBody>;

export interface TaskEvent {
  /** 1, 2, 3 … within the task, without gaps. */
  seq: number;
  type: TaskEventType;
  /** Unix milliseconds. */
  at: number;
  body: EventBody | null;
}
