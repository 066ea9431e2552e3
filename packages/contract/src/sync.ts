/** Runs that are waited for (wire-contract.md 3.1): what comes instead of the plain answer of Run. */
import { z } from "zod";
import { TASK_STATUSES } from "./task.ts";
import { SocketAccessToken, WireError } from "./wire.ts";

/** How long a run is waited for, in milliseconds. */
export const SYNC_LIMIT_MS = 40 * 60 * 1000;

/** With HTTP 504, or as the event `error` of a stream: the run goes on, and this is how to find it. */
export const SyncTimeout = z.strictObject({
  result: z.literal(false),
  errors: z.array(WireError).length(1),
  taskid: z.string().regex(/^\d+$/),
  socketaccesstoken: SocketAccessToken,
});

/** Data of the event `task_output`: everything so far, not the increment. */
export const SyncOutput = z.strictObject({
  id: z.string().regex(/^\d+$/),
  status: z.enum(TASK_STATUSES),
  pexit: z.null(),
  segments: z.array(
    z.strictObject({ type: z.enum(["thinking", "answer", "function_call", "custom_tool_call"]), text: z.string() }),
  ),
});
export type SyncOutput = z.infer<typeof SyncOutput>;
