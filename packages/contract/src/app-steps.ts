/** The runner `app`: a model that is a chain of other models. What a step may refer to is in app-expression.ts. */
import { z } from "zod";
import { type Reference, readTemplate, referencesIn, type Template, wholeExpression } from "./app-expression.ts";

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const stepId = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,31}$/, "a small letter, then small letters, digits and underscore; at most 32");

/** Steps of one app at most. */
const MAX_STEPS = 20;
/** Runs of one step at most. */
export const MAX_EACH = 50;
/** Runs that a step with `each` over another step's files may need, where the app says nothing else. */
export const DEFAULT_EACH = 10;

export const Condition = z
  .strictObject({
    value: z.string().describe("An expression such as ${inputs.format} or ${steps.read.text}."),
    is: z
      .union([scalar, z.array(scalar)])
      .optional()
      .describe("One of these."),
    not: z
      .union([scalar, z.array(scalar)])
      .optional()
      .describe("None of these."),
  })
  .describe("Without `is` and `not`: there is a value, and it is neither empty nor false.");
export type Condition = z.infer<typeof Condition>;

export const AppStep = z.strictObject({
  id: stepId,
  title: z.string().max(80).optional().describe("What it does, in a few words; shown while it runs."),
  model: z.string().regex(/^[^/]{1,64}\/[^/]{1,64}$/, "owner/slug"),
  inputs: z
    .record(z.string(), scalar)
    .default({})
    .describe("Values for the model's inputs; text may refer to the app's inputs and to earlier steps."),
  when: z
    .union([Condition, z.array(Condition)])
    .optional()
    .describe("The step is left out unless all of these hold."),
  each: z
    .string()
    .optional()
    .describe("Files for each of which the step is run once, as ${each}: ${inputs.photos} or ${steps.cut.files}."),
  max: z
    .number()
    .int()
    .min(1)
    .max(MAX_EACH)
    .optional()
    .describe(`With each over a step's files: the most there may be; ${DEFAULT_EACH} where it is left out.`),
});
export type AppStep = z.infer<typeof AppStep>;

export const AppRunner = z
  .strictObject({
    type: z.literal("app"),
    steps: z.array(AppStep).min(1).max(MAX_STEPS),
    outputs: z
      .array(z.string())
      .min(1)
      .optional()
      .describe(
        "What the app answers with: ${steps.video.files}, ${steps.read.text}. Left out: what its last step makes.",
      ),
  })
  .describe(
    "A chain of other models: a step starts as soon as everything it refers to is there. One run, one price: the sum of its steps.",
  );
export type AppRunner = z.infer<typeof AppRunner>;

/** Something that is wrong with an app, and where in its runner. */
interface Problem {
  path: (string | number)[];
  message: string;
}

export function conditionsOf({ when }: AppStep): readonly Condition[] {
  return when === undefined ? [] : Array.isArray(when) ? when : [when];
}

/** All texts of a step that may refer to something, with the place where they stand. */
function textsOf(step: AppStep): { path: (string | number)[]; text: string }[] {
  const inputs = Object.entries(step.inputs).flatMap(([id, value]) =>
    typeof value === "string" ? [{ path: ["inputs", id], text: value }] : [],
  );
  const when = conditionsOf(step).map(({ value }, index) => ({
    path: Array.isArray(step.when) ? ["when", index, "value"] : ["when", "value"],
    text: value,
  }));
  return [...inputs, ...when, ...(step.each === undefined ? [] : [{ path: ["each"], text: step.each }])];
}

/** Ids of the steps that this one waits for. */
export function needs(step: AppStep): Set<string> {
  const found = new Set<string>();
  for (const { text } of textsOf(step)) {
    const read = readTemplate(text);
    if (!read.ok) continue;
    for (const reference of referencesIn(read.template)) if ("step" in reference) found.add(reference.step);
  }
  return found;
}

/** What can be said of an app without knowing its models: ids, order, and that every reference leads somewhere. */
export function appProblems(runner: AppRunner, inputIds: ReadonlySet<string>): Problem[] {
  const problems: Problem[] = [];
  const earlier = new Set<string>();
  const eachOf = new Map(runner.steps.map(({ id, each }) => [id, each]));
  for (const [index, step] of runner.steps.entries()) {
    const at = (path: (string | number)[], message: string) =>
      problems.push({ path: ["steps", index, ...path], message });
    if (earlier.has(step.id)) at(["id"], `there is a step ${step.id} already`);
    for (const { path, text } of textsOf(step)) {
      const template = checked(text, earlier, (message) => at(path, message));
      if (!template) continue;
      const [place] = path;
      const inner = referencesIn(template).some(({ kind }) => kind === "each" || kind === "number");
      if (inner && (step.each === undefined || place !== "inputs"))
        at(path, "each and number are there only in the inputs of a step with `each`");
      for (const reference of referencesIn(template)) {
        const own = "step" in reference && reference.own;
        if (own && (place !== "inputs" || step.each === undefined || eachOf.get(reference.step) !== step.each))
          at(path, `steps.${reference.step}.each is there only in the inputs of a step with the same \`each\``);
      }
      if (place === "inputs") continue;
      const whole = wholeExpression(template);
      if (!whole) at(path, "must be one ${…} and nothing else");
      else if (place === "each" && whole.some((reference) => !isList(reference)))
        at(path, "must be files: ${inputs.ID} of a file input, or ${steps.ID.files}");
    }
    if (step.max !== undefined && step.each === undefined) at(["max"], "is for a step with `each`");
    earlier.add(step.id);
  }
  for (const [index, text] of (runner.outputs ?? []).entries()) {
    const at = (message: string) => problems.push({ path: ["outputs", index], message });
    const template = checked(text, earlier, at);
    if (!template) continue;
    const whole = wholeExpression(template);
    if (!whole?.every((reference) => "step" in reference))
      at("must be what a step made: ${steps.ID.files} or ${steps.ID.text}");
  }
  return problems;

  function checked(text: string, steps: ReadonlySet<string>, say: (message: string) => void): Template | undefined {
    const read = readTemplate(text);
    if (!read.ok) {
      say(read.problem);
      return undefined;
    }
    for (const reference of referencesIn(read.template)) {
      if (reference.kind === "input" && !inputIds.has(reference.id)) say(`the app has no input ${reference.id}`);
      if ("step" in reference && !steps.has(reference.step)) say(`there is no earlier step ${reference.step}`);
    }
    return read.template;
  }
}

function isList(reference: Reference): boolean {
  return reference.kind === "input" || (reference.kind === "files" && reference.index === undefined);
}
