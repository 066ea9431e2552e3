/** The catalogue endpoints' shapes (wire-contract.md 9). A model is called "tool" on the wire. */
import { z } from "zod";
import { InputGroup, Manifest } from "./manifest.ts";
import { PRICE_METHODS } from "./price-methods.ts";
import { PriceRow } from "./price-rows.ts";
import { PriceLineText } from "./wire.ts";

const digits = z.string().regex(/^\d+$/);

/** One field of a model's form, in both spellings that clients read: `default min max step label` and `defaultvalue minvalue …`. */
export const ToolItem = z.strictObject({
  id: z.string(),
  type: z.string(),
  label: z.string(),
  placeholder: z.string(),
  note: z.string(),
  description: z.string(),
  class: z.string(),
  rows: z.string(),
  optionsLoad: z.string(),
  required: z.boolean(),
  advanced: z.boolean(),
  quick: z.boolean(),
  options: z.array(z.strictObject({ value: z.string(), text: z.string(), label: z.string() })),
  default: z.string(),
  min: z.number().optional(),
  max: z.number().optional(),
  step: z.number().optional(),
  defaultvalue: z.unknown(),
  value: z.unknown(),
  minvalue: z.string(),
  maxvalue: z.string(),
  incrementby: z.string(),
  /** Spelled so on the wire. */
  maxinputlenght: z.number().int(),
});
export type ToolItem = z.infer<typeof ToolItem>;

export const ToolGroup = z.strictObject({ title: z.string(), subtitle: z.string(), items: z.array(ToolItem) });

export const TaskStat = z.strictObject({
  runcount: z.number().int(),
  successcount: digits,
  errorcount: digits,
  /** Unix seconds of the last run's end; "0" before the first. */
  lastruntime: digits,
  /** Average seconds of a successful run. */
  elapsedseconds: z.string(),
});

const toolFields = {
  id: digits,
  title: z.string(),
  slugowner: z.string(),
  slugproject: z.string(),
  cleanslugowner: z.string(),
  cleanslugproject: z.string(),
  description: z.string(),
  seodescription: z.string(),
  image: z.string(),
  computingtime: z.string(),
  categories: z.array(z.string()),
  tags: z.array(z.string()),
  samples: z.array(z.string()),
  marketplace: z.literal(1),
  onlymembers: z.literal("1"),
  averagepoint: z.string(),
  commentcount: z.string(),
  ratedusercount: z.string(),
  /** JSON text of `[{inputs, price, priceMethod}]`. */
  dynamicprice: z.string(),
  approximatelycost: z.string(),
  cps: z.string(),
  taskstat: TaskStat,
};

export const Tool = z.strictObject(toolFields);
export type Tool = z.infer<typeof Tool>;

/** Our own facts about a model: additive, under one key (decision 0006). What a page or a program needs to make the form and the quote. */
export const ToolFacts = z.strictObject({
  /** Content hash of the model's folder. */
  version: z.string(),
  lifecycle: Manifest.shape.lifecycle,
  license: Manifest.shape.license,
  output: Manifest.shape.output,
  /** The form with what the wire's `parameters` have no place for: accept, maxFiles, covers. */
  inputs: z.array(InputGroup),
  price: z.array(PriceRow),
  limits: z.strictObject({ timeout: z.number().int(), outputFiles: z.number().int() }),
  /** What an app is made of; null for a model. Its `price` is that of a run where nothing is chosen. */
  app: z
    .strictObject({
      steps: z.array(
        z.strictObject({
          id: z.string(),
          title: z.string(),
          model: z.string(),
          known: z.boolean().describe("This server has the model."),
        }),
      ),
    })
    .nullable(),
  /** Why it cannot be run on this server, in a sentence. */
  problem: z.string().nullable(),
  /** Of models whose weights an operator has to fetch: whether a connected worker has them, how, and their bytes as far as known. */
  pull: z.strictObject({ installed: z.boolean(), command: z.string(), bytes: z.number().int().nullable() }).nullable(),
  /**
   * Whether a run could begin at once. `ready`: a worker has it installed. `cold`: a worker is there, and has to install it first.
   * `none`: no worker that takes runs can run it.
   */
  readiness: z.enum(["ready", "cold", "none"]),
  /** Of the runs that ended: share of successes, 0 to 1; null before the first. */
  successrate: z.number().nullable(),
  /** Seconds of the model's own run time, of its last hundred successes; null before the first. */
  p50: z.number().nullable(),
  p95: z.number().nullable(),
  /** What half of these runs cost at most, in dollars; null where that is not known. */
  typicalcost: z.string().nullable(),
  /** The same of runs that are alike (alike.ts), where three are known; those that ran last first. */
  alike: z.array(
    z.strictObject({ likeness: z.string(), p50: z.number(), p95: z.number(), cost: z.string().nullable() }),
  ),
  /** What the model made, with the inputs that made it; files as addresses. */
  samples: z.array(
    z.strictObject({
      name: z.string(),
      contenttype: z.string(),
      url: z.string(),
      /** The beginning of a sample that is text; null for other kinds. */
      text: z.string().nullable(),
      inputs: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullable(),
    }),
  ),
});
export type ToolFacts = z.infer<typeof ToolFacts>;

/** What `Tool/Detail` adds. */
export const ToolDetail = z.strictObject({
  ...toolFields,
  /** HTML without scripts or raw markup of the author's. */
  readme: z.string(),
  parameters: z.array(ToolGroup).nullable(),
  inspire: z.array(z.record(z.string(), z.unknown())),
  modelyard: ToolFacts,
});
export type ToolDetail = z.infer<typeof ToolDetail>;

const ok = { result: z.literal(true), errors: z.array(z.never()) };

/** `total` is a number here and a string on Task endpoints; swapping either breaks a client. */
export const ToolListResponse = z.strictObject({ ...ok, total: z.number().int(), tool: z.array(Tool) });
export const ToolDetailResponse = z.strictObject({ ...ok, tool: z.tuple([z.union([ToolDetail, Tool])]) });
export const ToolExploreResponse = z.strictObject({
  ...ok,
  explore: z.array(
    z.strictObject({
      id: z.string(),
      title: z.string(),
      tools: z.array(Tool),
      url: z.string(),
      total: z.number().int(),
    }),
  ),
});

/** What a run with these parameters would cost, before it is started. Amounts in dollars with 12 decimals. */
export const ToolQuote = z.strictObject({
  currency: z.literal("USD"),
  method: z.enum(PRICE_METHODS),
  unit: z.string(),
  /** For each unit. */
  price: z.string(),
  /** What is held while it runs: the most it can cost. */
  hold: z.string(),
  /** Whether `hold` is what a success costs to the last digit. */
  exact: z.boolean(),
  /** Known lines: all of them where it is exact. */
  lines: z.array(PriceLineText),
  /** Average cost of runs of this model that succeeded; null before the first. */
  average: z.string().nullable(),
  /**
   * Seconds that half of the latest runs took at most, and that 95 % of them did: runs with the same options where three are known, all
   * of the model where not; null before the first success.
   */
  estimatedseconds: z.number().nullable(),
  estimatedmost: z.number().nullable(),
});
export type ToolQuote = z.infer<typeof ToolQuote>;

export const ToolQuoteResponse = z.strictObject({
  result: z.literal(true),
  errors: z.array(z.never()),
  quote: ToolQuote,
});
