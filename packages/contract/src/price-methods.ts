/** The ten billing methods by name, apart from their schemas: a browser needs them and loads no zod for them. */

export const PRICE_METHODS = [
  "cpr",
  "cps",
  "cpo",
  "cpt",
  "cp-pixel",
  "cp-audiosecondslength",
  "cp-promptlength",
  "cp-outputVideoLength",
  "cp-realtimeturn",
  "cp-readoutput",
] as const;
export type PriceMethod = (typeof PRICE_METHODS)[number];

/** What one unit of a method is, for people. */
export const PRICE_UNITS: Record<PriceMethod, string> = {
  cpr: "run",
  cps: "second of run time",
  cpo: "output",
  cpt: "token",
  "cp-pixel": "megapixel tier of output",
  "cp-audiosecondslength": "second of input audio",
  "cp-promptlength": "character of the prompt",
  "cp-outputVideoLength": "second of output video",
  "cp-realtimeturn": "turn",
  "cp-readoutput": "run, as the model reports it",
};

/** What its price is for, after the amount: `a run`, `an output`. */
export const perUnit = (method: PriceMethod): string => `a${method === "cpo" ? "n" : ""} ${PRICE_UNITS[method]}`;

/** Methods whose amount nobody can know before the run: what a run may cost at most has to be said by the model's author. */
export const UNBOUNDED_METHODS: ReadonlySet<PriceMethod> = new Set([
  "cpt",
  "cp-pixel",
  "cp-audiosecondslength",
  "cp-outputVideoLength",
  "cp-realtimeturn",
  "cp-readoutput",
]);

/** Methods that count pixels or seconds of files: a worker measures them. */
export const MEDIA_METHODS: ReadonlySet<PriceMethod> = new Set([
  "cp-pixel",
  "cp-audiosecondslength",
  "cp-outputVideoLength",
]);
