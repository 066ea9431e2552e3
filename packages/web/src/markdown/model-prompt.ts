/** What "Copy prompt for LLM" copies: a task for a coding assistant, with all it needs to know in it. Pure. */
import type { ToolDetail } from "@modelyard/contract";
import { modelPath } from "../catalogue/describe.ts";
import type { SampleValue } from "../samples/samples-request.ts";
import { modelMarkdown } from "./model-markdown.ts";

export function modelPrompt(model: ToolDetail, options: { base: string; inputs: Record<string, SampleValue> }): string {
  const page = options.base + modelPath(model);
  return `Help me call the AI model ${model.slugowner}/${model.slugproject} from my program, over its HTTP API.
Its description follows. The same text is at ${page}/llms.txt; every endpoint, with more examples, is at ${page}/llms-full.txt.
Use only the fields that are listed, read the key from the environment, check "result" in every answer, and wait for the status task_postprocess_end or task_cancel.

${modelMarkdown(model, { ...options, full: false })}`;
}
