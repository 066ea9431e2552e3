/** Whether an app fits the models that there are: what a manifest alone cannot say. */
import {
  type AppStep,
  type Item,
  isConditional,
  isFileItem,
  items,
  type Manifest,
  type Reference,
  templateOf,
  wholeExpression,
} from "@modelyard/contract";

type Kind = "files" | "text" | "value";

/** Why the app cannot be run, in a sentence; undefined where it can. */
export function appProblem(app: Manifest, modelOf: (name: string) => Manifest | undefined): string | undefined {
  const { runner } = app;
  if (runner.type !== "app") return undefined;
  const steps = new Map<string, Manifest>();
  for (const step of runner.steps) {
    const model = modelOf(step.model);
    if (!model) return `It needs the model ${step.model}, which this server does not have.`;
    if (model.runner.type === "app") return `Its step ${step.id} is an app itself; a step must be a model.`;
    if (model.lifecycle === "retired") return `Its step ${step.id} needs ${step.model}, which is retired.`;
    steps.set(step.id, model);
    const problem = stepProblem(step, model, app, steps);
    if (problem !== undefined) return `Its step ${step.id} does not fit ${step.model}: ${problem}.`;
  }
  return undefined;
}

function stepProblem(
  step: AppStep,
  model: Manifest,
  app: Manifest,
  steps: ReadonlyMap<string, Manifest>,
): string | undefined {
  const known = new Map(items(model).map((item) => [item.id, item]));
  for (const [id, given] of Object.entries(step.inputs)) {
    const item = known.get(id);
    if (!item) return `there is no input ${id}`;
    const problem = valueProblem(item, given, app, steps);
    if (problem !== undefined) return `${id} ${problem}`;
  }
  // Left out, the others have their default, their first option or their least value. What need not be asked for is seen at the start.
  const missing = [...known.values()].find(
    (item) =>
      item.required &&
      !isConditional(model, item.id) &&
      !(item.id in step.inputs) &&
      (isFileItem(item) || (item.default === undefined && (item.type === "text" || item.type === "textarea"))),
  );
  return missing && `it gives no ${missing.id}`;
}

function valueProblem(
  item: Item,
  given: string | number | boolean,
  app: Manifest,
  steps: ReadonlyMap<string, Manifest>,
): string | undefined {
  const wantsFiles = isFileItem(item);
  if (typeof given !== "string") return wantsFiles ? "must be files" : undefined;
  const template = templateOf(given);
  const whole = wholeExpression(template);
  const kinds = template.flatMap((part) =>
    typeof part === "string" ? [] : part.map((reference) => kindOf(reference, app)),
  );
  if (!wantsFiles) return kinds.includes("files") ? "cannot take files" : answers(template);
  // An address as it stands is a file too.
  if (whole && kinds.some((kind) => kind !== "files")) return "must be files";
  return whole || !given.includes("${") ? undefined : "must be files, not text";

  /** A text of a step whose model answers with files is always empty. */
  function answers(parts: ReturnType<typeof templateOf>): string | undefined {
    for (const reference of parts.flatMap((part) => (typeof part === "string" ? [] : part))) {
      if (reference.kind === "text" && steps.get(reference.step)?.output !== "text")
        return `asks for the text of step ${reference.step}, which makes files`;
    }
    return undefined;
  }
}

function kindOf(reference: Reference, app: Manifest): Kind {
  switch (reference.kind) {
    case "files":
    case "each":
      return "files";
    case "text":
      return "text";
    case "number":
      return "value";
    case "input": {
      const item = items(app).find(({ id }) => id === reference.id);
      return item && isFileItem(item) ? "files" : "value";
    }
  }
}
