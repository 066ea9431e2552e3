/** The code of a model's page: all steps, or one whole program. Pure. */
import { assertNever } from "./assert-never.ts";
import type { Language } from "./language.ts";
import { FOLDER_ID, type Plan, type Step, steps } from "./plan.ts";

export interface Block {
  title: string;
  code: string;
  /** Name of the grammar for colouring. */
  grammar: string;
  /** What the API answers, as printed JSON. */
  answer?: string;
}

export function stepCode(language: Language, plan: Plan, step: Step): string {
  switch (step.kind) {
    case "prepare":
      return language.prepare(plan);
    case "call":
      return language.call(plan, step);
    case "upload":
      return language.upload(plan, { file: step.file, folderId: FOLDER_ID });
    case "follow":
      return language.follow(plan);
    case "page":
      return step.code;
    default:
      return assertNever(step);
  }
}

export function stepBlocks(language: Language, plan: Plan): Block[] {
  return steps(plan).map((step) => ({
    title: step.title,
    code: stepCode(language, plan, step),
    grammar: step.kind === "page" ? step.language : language.grammar,
    ...("answer" in step ? { answer: JSON.stringify(step.answer, undefined, 2) } : {}),
  }));
}

export function programBlock(language: Language, plan: Plan): Block {
  const code = language.whole(language.prepare(plan), language.program(plan));
  return { title: "Upload, run, wait, fetch", code, grammar: language.grammar };
}
