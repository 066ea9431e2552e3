/**
 * The protocol between server and worker: JSON messages over one outbound WebSocket of the worker (`/worker/v1`), in frames
 * that are lists of messages (message-batch.ts),
 * files over HTTP beside it (`/worker/v1/…`), both with the worker's own token as `Authorization: Bearer`.
 *
 * A worker names every lease it holds in each heartbeat; what it does not name is not renewed. Every report carries
 * `(task, epoch, n)`: a stale epoch is refused, a repeated `n` is acknowledged again and changes nothing, so a worker may
 * resend after a lost connection.
 */
import { z } from "zod";
import { ProgramManifest } from "./manifest.ts";
import { WORKER_EVENT_TYPES } from "./task.ts";
import { EventBody } from "./task-event.ts";

export const WORKER_PROTOCOL = 2;
/**
 * The oldest one that a server still takes in: workers are brought up to date after their server, one by one. What a worker of an older one
 * does not know is left out of what it is told.
 *
 * 2: `traceparent` in `assign`.
 */
export const OLDEST_WORKER_PROTOCOL = 1;
/** Bytes of one message in either direction. */
export const WORKER_MESSAGE_LIMIT = 16 * 1024 * 1024;

const taskId = z.string().regex(/^\d{1,19}$/);
const epoch = z.number().int().positive();
const Lease = z.strictObject({ task: taskId, epoch });
export type Lease = z.infer<typeof Lease>;

const hexHash = z.string().regex(/^[0-9a-f]{64}$/);

/** A model at one version: its manifest and the files of its folder, which workers fetch by path. */
export const ModelVersion = z.strictObject({
  id: z.string(),
  owner: z.string(),
  slug: z.string(),
  version: hexHash,
  manifest: ProgramManifest,
  files: z.array(
    z.strictObject({
      path: z.string(),
      size: z.number().int().nonnegative(),
      sha256: hexHash,
      mode: z.union([z.literal(0o644), z.literal(0o755)]),
    }),
  ),
});
export type ModelVersion = z.infer<typeof ModelVersion>;

/** One input file of a task: stored by the server (fetched by index), or an address for the worker's guarded fetch. */
export const InputFile = z.strictObject({
  item: z.string(),
  name: z.string(),
  source: z.union([z.strictObject({ stored: z.number().int().nonnegative() }), z.strictObject({ url: z.string() })]),
});
export type InputFile = z.infer<typeof InputFile>;

export const Gpu = z.strictObject({ index: z.number().int().nonnegative(), name: z.string(), vram: z.number().int() });
export type Gpu = z.infer<typeof Gpu>;

export const FromWorker = z.discriminatedUnion("t", [
  z.strictObject({
    t: z.literal("hello"),
    protocol: z.number().int(),
    /** Made by the worker at its start and kept over reconnects. */
    worker: z.uuid(),
    name: z.string().max(100),
    release: z.string().max(40),
    /** Runs it takes at a time. */
    slots: z.number().int().positive().max(10_000),
    gpus: z.array(Gpu),
    /** MiB of memory and number of cores it may use. */
    memory: z.number().int().positive(),
    cpus: z.number().int().positive(),
    leases: z.array(Lease),
  }),
  z.strictObject({ t: z.literal("heartbeat"), seq: z.number().int(), leases: z.array(Lease).max(10_000) }),
  /** How far a model is on this worker. `unavailable`: it cannot run here, with the reason. */
  z.strictObject({
    t: z.literal("model"),
    version: hexHash,
    state: z.enum(["missing", "installing", "ready", "unavailable"]),
    reason: z.string().max(1000).optional(),
  }),
  z.strictObject({
    t: z.literal("report"),
    task: taskId,
    epoch,
    /** 1, 2, 3 … within the attempt. */
    n: z.number().int().positive(),
    events: z
      .array(
        z.strictObject({
          type: z.enum(WORKER_EVENT_TYPES),
          /** Milliseconds since the attempt was received, by the worker's monotonic clock. */
          ms: z.number().nonnegative(),
          body: EventBody.nullable(),
        }),
      )
      .max(10_000),
    finish: z
      .strictObject({
        /** The process's exit code; 0 = success. */
        exitCode: z.number().int(),
        /** Milliseconds the model itself ran. */
        elapsedMs: z.number().nonnegative(),
        debugoutput: z.string(),
        debugerror: z.string(),
        /** The answer, for models whose output is text. */
        answer: z
          .strictObject({ raw: z.string(), thinking: z.array(z.string()), answer: z.array(z.string()) })
          .nullable(),
        /** Outputs that were uploaded before, in order. */
        outputs: z.array(
          z.strictObject({ blob: z.string(), name: z.string(), contenttype: z.string(), size: z.number().int() }),
        ),
        /** What was measured of the run, as far as its price asks for it (price.ts, Usage). */
        usage: z
          .strictObject({
            outputPixels: z.array(z.number().int().nonnegative()).max(1000).optional(),
            inputPixels: z.array(z.number().int().nonnegative()).max(1000).optional(),
            audioMs: z.number().nonnegative().optional(),
            videoMs: z.number().nonnegative().optional(),
            /** The model's own words: checked where the price is made. */
            reported: z
              .strictObject({
                tokens: z.number().optional(),
                turns: z.number().optional(),
                usd: z.string().max(40).optional(),
              })
              .optional(),
          })
          .optional(),
        /** A platform fault (not the model's): the task is taken up again, at most MAX_ATTEMPTS times. */
        retry: z.boolean(),
        /** One sentence on why it ended otherwise than by success. */
        reason: z.string().max(2000).nullable(),
      })
      .optional(),
  }),
  /** The attempt is handed back untouched (drain); it does not count. */
  z.strictObject({ t: z.literal("release"), task: taskId, epoch }),
  /** A killed or lost attempt is dead on the worker: its place may be given away. */
  z.strictObject({ t: z.literal("freed"), task: taskId, epoch }),
  /** No further assignments, please. */
  z.strictObject({ t: z.literal("drain") }),
]);
export type FromWorker = z.infer<typeof FromWorker>;

/** As much of a hello as every protocol has: enough to tell a worker of another one why it is refused. */
export const AnyHello = z.object({ t: z.literal("hello"), protocol: z.number().int() });
export const speaksProtocol = (protocol: number): boolean =>
  protocol >= OLDEST_WORKER_PROTOCOL && protocol <= WORKER_PROTOCOL;
export type Report = Extract<FromWorker, { t: "report" }>;
export type Finish = NonNullable<Report["finish"]>;

export const ToWorker = z.discriminatedUnion("t", [
  /** The server took the worker in; `lost` lists leases from its hello that are no longer its own. */
  z.strictObject({ t: z.literal("welcome"), lost: z.array(Lease) }),
  z.strictObject({ t: z.literal("refused"), reason: z.string() }),
  /** The whole catalogue, again whenever it changes. */
  z.strictObject({ t: z.literal("models"), models: z.array(ModelVersion) }),
  z.strictObject({
    t: z.literal("assign"),
    task: taskId,
    epoch,
    version: hexHash,
    /** Checked values by item id; file items are absent here and listed in `files`. */
    inputs: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    files: z.array(InputFile),
    gpus: z.number().int().nonnegative(),
    /** Where the attempt's spans belong (W3C Trace Context), when the server records traces. Since protocol 2. */
    traceparent: z
      .string()
      .regex(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/)
      .optional(),
  }),
  z.strictObject({ t: z.literal("reported"), task: taskId, epoch, n: z.number().int(), ok: z.boolean() }),
  z.strictObject({ t: z.literal("heartbeat"), seq: z.number().int(), lost: z.array(Lease) }),
  /** Stop this attempt now. */
  z.strictObject({ t: z.literal("kill"), task: taskId, epoch }),
]);
export type ToWorker = z.infer<typeof ToWorker>;
