/** `/v1/Share/*`: a link with which anybody can see one run, until it ends or is revoked. */
import { z } from "zod";
import { TASK_OUTCOMES } from "./task.ts";
import { Output } from "./wire.ts";

const digits = z.string().regex(/^\d+$/);
const okay = { result: z.literal(true), errors: z.array(z.never()) };

export const Share = z.strictObject({
  id: digits,
  taskid: digits,
  url: z.string().describe("The page that anybody can open."),
  hideinputs: z.boolean(),
  createtime: digits,
  expires: digits.describe('Unix seconds; "0" = never.'),
});
export type Share = z.infer<typeof Share>;

/** What somebody with the link sees: nothing of the account, its project, its keys or its money. */
export const SharedRun = z.strictObject({
  model: z.string().describe("owner/model"),
  title: z.string().describe("The model's."),
  outcome: z.enum(TASK_OUTCOMES),
  createtime: digits,
  elapsedseconds: z.string(),
  parameters: z
    .record(z.string(), z.unknown())
    .nullable()
    .describe("Null: who shared it keeps the inputs to themselves."),
  outputs: z.array(Output),
});
export type SharedRun = z.infer<typeof SharedRun>;

export const ShareResponse = z.strictObject({ ...okay, share: Share });
export const ShareListResponse = z.strictObject({ ...okay, shares: z.array(Share) });
export const SharedRunResponse = z.strictObject({ ...okay, run: SharedRun });
