/** What operators see and change while the server runs: models and their versions, the queue, workers, the auditor. */
import { z } from "zod";
import { PRIORITIES } from "./queue.ts";

const digits = z.string().regex(/^\d+$/);
const okay = { result: z.literal(true), errors: z.array(z.never()) };
const version = z.string().regex(/^[0-9a-f]{64}$/);

/** A pause or a cordon. */
export const SwitchedOn = z.strictObject({
  reason: z.string().describe('As the operator gave it; "" = none.'),
  since: digits.describe("Unix seconds."),
});

const source = z.enum(["added", "folder"]).describe("folder: read from one that the server was started with.");

export const ModelRow = z.strictObject({
  slugowner: z.string(),
  slugproject: z.string(),
  title: z.string(),
  lifecycle: z.enum(["live", "preview", "retired"]),
  version: version.describe("The active one."),
  source,
  versions: digits.describe("How many there are."),
  paused: SwitchedOn.nullable(),
});
export type ModelRow = z.infer<typeof ModelRow>;
export const ModelListResponse = z.strictObject({ ...okay, models: z.array(ModelRow).describe("In order of names.") });

export const VersionRow = z.strictObject({
  version: version.describe("Hash of the folder's content."),
  active: z.boolean().describe("Runs that start now get it."),
  source,
  addedby: z.string().describe('As in the audit log; "" for a folder.'),
  createtime: digits.describe("Unix seconds; 0 for a folder."),
});
export type VersionRow = z.infer<typeof VersionRow>;
export const ModelVersionsResponse = z.strictObject({
  ...okay,
  versions: z.array(VersionRow).describe("The newest first, that of a folder last."),
});
export const ModelChangeResponse = z.strictObject({
  ...okay,
  slugowner: z.string(),
  slugproject: z.string(),
  version: z.string().describe('The active one; "" where the model is gone.'),
  changed: z.boolean().describe("False where it was so before."),
});

export const WorkerTokenRow = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{12}$/),
  name: z.string().describe('"built-in": the server\'s own, in its data folder.'),
  createtime: digits.describe("Unix seconds."),
  revoketime: digits.describe("Unix seconds; 0 = it lets workers in."),
  workers: digits.describe("Connected with it."),
});
export type WorkerTokenRow = z.infer<typeof WorkerTokenRow>;
export const WorkerTokenListResponse = z.strictObject({
  ...okay,
  tokens: z.array(WorkerTokenRow).describe("Revoked ones last, the newest first."),
});
export const WorkerTokenCreateResponse = z.strictObject({
  ...okay,
  id: z.string(),
  token: z.string().describe("Shown this once."),
});

export const QueueRow = z.strictObject({
  slugowner: z.string(),
  slugproject: z.string(),
  ready: digits,
  waiting: digits.describe("Beyond their account's limit."),
  leased: digits.describe("Given to a worker."),
  oldest: digits.describe("Unix seconds since when the first of the ready ones waits; 0 = none does."),
  paused: SwitchedOn.nullable(),
});
export type QueueRow = z.infer<typeof QueueRow>;
export const QueueDetailResponse = z.strictObject({
  ...okay,
  paused: SwitchedOn.nullable().describe("The whole queue."),
  models: z.array(QueueRow).describe("Those with tasks that have not ended, and paused ones."),
});
export type QueueDetailResponse = z.infer<typeof QueueDetailResponse>;

export const QueueTask = z.strictObject({
  taskid: digits,
  slugowner: z.string(),
  slugproject: z.string(),
  email: z.string().describe("Of the account that sent it."),
  priority: z.enum(PRIORITIES),
  state: z.enum(["ready", "waiting"]).describe("waiting: beyond its account's limit."),
  createtime: digits.describe("Unix seconds."),
});
export type QueueTask = z.infer<typeof QueueTask>;
export const QueueTaskListResponse = z.strictObject({
  ...okay,
  tasks: z.array(QueueTask).describe("In the order in which they are given to workers."),
});

export const WorkerRow = z.strictObject({
  id: z.string(),
  name: z.string(),
  release: z.string(),
  connected: digits.describe("Unix seconds."),
  slots: digits,
  slotsused: digits,
  memory: digits.describe("MiB."),
  memoryused: digits.describe("MiB that its runs were admitted with."),
  gpus: z.array(z.strictObject({ index: digits, name: z.string(), vram: digits.describe("MiB.") })),
  running: digits,
  draining: z.boolean().describe("It said that it takes nothing more."),
  cordoned: SwitchedOn.nullable(),
  models: z.array(
    z.strictObject({
      slugowner: z.string(),
      slugproject: z.string(),
      version,
      state: z.enum(["missing", "installing", "ready", "unavailable"]),
      reason: z.string(),
      running: digits,
    }),
  ),
});
export type WorkerRow = z.infer<typeof WorkerRow>;
export const WorkerListResponse = z.strictObject({ ...okay, workers: z.array(WorkerRow) });

export const AuditRunResponse = z.strictObject({
  ...okay,
  faults: z.array(z.strictObject({ subject: z.string(), message: z.string() })).describe("Empty: nothing is wrong."),
  seconds: z.string().describe("How long it took."),
});
export type AuditRunResponse = z.infer<typeof AuditRunResponse>;
