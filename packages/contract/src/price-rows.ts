/**
 * The rows of a model's price: the hosted platform's ten billing methods and its tiers (wire-contract.md 12 and 9,
 * `dynamicprice`). What each method counts is in price.ts.
 */
import { z } from "zod";
import { PRICE_METHODS, UNBOUNDED_METHODS } from "./price-methods.ts";

/** Dollars as a decimal string, so that no float ever holds money. */
const dollars = z.string().regex(/^\d{1,9}(\.\d{1,9})?$/, 'dollars as a quoted decimal, e.g. "0.0005"');

export const PriceRow = z
  .strictObject({
    method: z
      .enum(PRICE_METHODS)
      .describe(
        "cpr: a run. cps: a second of the model's own run time. cpo: an output (a run without any pays for one). cpt: a token, as the model reports them. cp-pixel: each begun 1024 × 1024 pixels of an output picture. cp-audiosecondslength: a second of input audio. cp-promptlength: a character of the prompt. cp-outputVideoLength: a second of output video. cp-realtimeturn: a turn of a live session. cp-readoutput: what the model reports.",
      ),
    price: dollars.describe('Dollars for each unit as a quoted decimal, such as "0.0005".'),
    priceExtra: dollars
      .optional()
      .describe("cp-pixel: dollars for each 1024 × 1024 pixels beyond the first; left out: `price`."),
    priceInput: dollars.optional().describe("cp-pixel: dollars for each begun 1024 × 1024 pixels of an input picture."),
    most: dollars
      .optional()
      .describe("The most that a run can cost; held while it runs. Needed where the amount is not known before."),
    inputs: z
      .record(z.string(), z.union([z.string(), z.array(z.string())]))
      .default({})
      .describe(
        'The row applies when every input listed here has one of the values; "QUANTITY:2" is the number of a file input\'s files. Left out: always. The first row that applies is used, the last one where none does.',
      ),
  })
  .refine((row) => row.most !== undefined || !UNBOUNDED_METHODS.has(row.method), {
    path: ["most"],
    error: "this method needs `most`, the most that a run can cost",
  })
  .refine((row) => row.method === "cp-pixel" || (row.priceExtra ?? row.priceInput) === undefined, {
    path: ["priceExtra"],
    error: "only cp-pixel knows priceExtra and priceInput",
  });
export type PriceRow = z.infer<typeof PriceRow>;
