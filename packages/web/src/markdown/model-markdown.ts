/** A model as Markdown for language models: the short and the full text (wire-contract.md 9, providers.md 3.3). Pure. */
import { type Item, isConditional, isFileItem, items, perUnit, type ToolDetail, whenWords } from "@modelyard/contract";
import { modelPath } from "../catalogue/describe.ts";
import { stepCode } from "../samples/generate.ts";
import { curl } from "../samples/languages/curl.ts";
import { planOf, type Step, steps } from "../samples/plan.ts";
import type { SampleValue } from "../samples/samples-request.ts";
import { dollars } from "../ui/dollars.ts";
import { line } from "./site-texts.ts";

export interface MarkdownOptions {
  base: string;
  /** With the sample inputs, every endpoint and the readme's address. */
  full: boolean;
  /** Values for the curl call; the rest are defaults. */
  inputs: Record<string, SampleValue>;
}

/** Text as a YAML scalar that no value can break: JSON's strings are YAML's. */
const scalar = (value: unknown) => JSON.stringify(value);

function itemEntry(item: Item, form: ToolDetail["modelyard"]): string {
  const help = line([item.description, item.note].filter(Boolean).join(" "));
  const when = whenWords(form, item.id);
  const limits = [
    when === "" ? "" : `when: ${scalar(when)}`,
    item.required ? "required: true" : "",
    item.min === undefined ? "" : `min: ${item.min}`,
    item.max === undefined ? "" : `max: ${item.max}`,
    item.step === undefined ? "" : `step: ${item.step}`,
    item.maxLength === undefined ? "" : `maxLength: ${item.maxLength}`,
    item.accept ? `accept: ${scalar(item.accept.join(", "))}` : "",
  ].filter(Boolean);
  const options = (item.options ?? []).flatMap(({ value, label = value }) => [
    `    - value: ${scalar(value)}`,
    `      label: ${scalar(label)}`,
  ]);
  return [
    `- name: ${item.id}`,
    `  label: ${line(item.label)}`,
    `  help: ${help}`,
    `  type: ${item.type}`,
    `  default: ${item.default === undefined ? "" : item.default}`,
    ...limits.map((limit) => `  ${limit}`),
    ...(options.length > 0 ? ["  options:", ...options] : []),
  ].join("\n");
}

/** A fence longer than any in the text. */
export function fenced(code: string, language: string): string {
  const longest = Math.max(2, ...[...code.matchAll(/`{3,}/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${code}\n${fence}`;
}

function priceLines(model: ToolDetail): string {
  return model.modelyard.price
    .map(({ price, method, inputs }) => {
      const when = Object.entries(inputs).map(([id, value]) => `${id} is ${[value].flat().join(" or ")}`);
      return `- price: ${dollars(price)} ${perUnit(method)}${when.length > 0 ? ` when ${when.join(" and ")}` : ""}`;
    })
    .join("\n");
}

export function modelMarkdown(model: ToolDetail, { base, full, inputs }: MarkdownOptions): string {
  const name = `${model.slugowner}/${model.slugproject}`;
  const path = modelPath(model);
  const plan = planOf(model, base, { auth: "signature", inputs, maskedKey: "" });
  const all = steps(plan);
  const section = (step: Step) => {
    const answer =
      "answer" in step ? `\n\nResponse:\n\n${fenced(JSON.stringify(step.answer, undefined, 2), "json")}` : "";
    const code = step.kind === "page" ? fenced(step.code, "html") : fenced(stepCode(curl, plan, step), "sh");
    return `## ${step.title}\n\n${code}${answer}`;
  };
  const isShort = (step: Step) =>
    step.kind === "prepare" || (step.kind === "call" && (step.path === plan.runPath || "tasktoken" in step.body));
  const parts = [
    `# ${name}: ${line(model.title)}`,
    `## Basic tool info

- name: ${name}
- description: ${line(model.description)}
- cover: ${model.image}
- categories: ${model.categories.join(", ")}
- tags: ${model.tags.join(", ")}
- page: ${base}${path}
- run endpoint: POST ${base}/v1${plan.runPath}
- task detail endpoint: POST ${base}/v1/Task/Detail
- output: ${model.modelyard.output === "text" ? "text, in outputs[0].content" : "files, in outputs[].url"}
${priceLines(model)}`,
    `## Model Inputs:

${
  items(model.modelyard)
    .map((item) => itemEntry(item, model.modelyard))
    .join("\n") || "None."
}${
  items(model.modelyard).some(({ id }) => isConditional(model.modelyard, id))
    ? "\n\nA field with `when` is read, and required, only then; otherwise leave it out."
    : ""
}`,
  ];
  if (items(model.modelyard).some(isFileItem)) {
    parts.push(`## Files

A file is sent as a part of a multipart body, or as its http(s) address in the field itself. Both \`{name}\` and \`{name}Url\` are read.`);
  }
  if (full && model.inspire.length > 0) {
    parts.push(
      `## Model Parameter Inspires:\n\n${model.inspire.map((set) => fenced(JSON.stringify(set, undefined, 2), "json")).join("\n\n")}`,
    );
  }
  parts.push(...all.filter((step) => full || isShort(step)).map(section));
  parts.push(`## Errors

A refusal is \`{"result":false,"errors":[{"code":…,"message":"…"}]}\`. Code 97: the wallet does not cover the run. Code 96: too many runs at a time. Status 401: key or signature. A run that fails or is stopped costs nothing.`);
  if (!full) parts.push(`More, with every endpoint: ${base}${path}/llms-full.txt`);
  return `${parts.join("\n\n")}\n`;
}
