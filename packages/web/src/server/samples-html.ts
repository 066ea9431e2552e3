/** Code samples as a piece of HTML: what the page shows below the language tabs. */
import type { ModelCalls } from "@modelyard/sdk";
import { type Block, programBlock, stepBlocks } from "../samples/generate.ts";
import { WRITERS } from "../samples/languages.ts";
import { planOf } from "../samples/plan.ts";
import type { SamplesRequest } from "../samples/samples-request.ts";
import { escapeHtml, highlight } from "./highlight.ts";

const COPY = `<svg viewBox="0 0 20 20" class="size-4 shrink-0" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round" aria-hidden="true"><path d="M7 7V3.5h9.5V13H13M3.5 7H13v9.5H3.5z"></path></svg>`;

async function blockHtml({ title, code, grammar, answer }: Block, index: number): Promise<string> {
  const name = escapeHtml(title);
  const shown = await highlight(code, grammar);
  const response = answer
    ? `<details class="border-t border-line"><summary class="px-4 py-2 text-sm text-soft">Response</summary><pre class="code border-t border-line" tabindex="0" role="group" aria-label="Response to: ${name}">${await highlight(answer, "json")}</pre></details>`
    : "";
  return `<div id="step-${index + 1}" data-block="" class="scroll-mt-20 overflow-hidden rounded-lg border border-line bg-card"><div class="flex items-center justify-between gap-4 border-b border-line py-1.5 pr-2 pl-4"><h3 class="font-semibold">${name}</h3><button type="button" data-copy="" class="inline-flex min-h-8 items-center gap-1.5 rounded-md px-2.5 text-sm text-soft hover:bg-sunk hover:text-ink">${COPY}Copy<span class="sr-only">: ${name}</span></button></div><pre class="code" tabindex="0" role="group" aria-label="${name}">${shown}</pre>${response}</div>`;
}

export async function samplesHtml(models: ModelCalls, base: string, request: SamplesRequest): Promise<string> {
  const model = await models.detail(request.owner, request.model);
  const language = WRITERS[request.language];
  const plan = planOf(model, base, request);
  const blocks = request.mode === "program" ? [programBlock(language, plan)] : stepBlocks(language, plan);
  const code = `<div class="grid gap-5 *:min-w-0">${(await Promise.all(blocks.map(blockHtml))).join("")}</div>`;
  if (blocks.length === 1) return code;
  const links = blocks.map(
    ({ title }, index) =>
      `<li><a href="#step-${index + 1}" class="block rounded-md px-3 py-1.5 text-sm text-soft hover:bg-sunk hover:text-ink">${escapeHtml(title)}</a></li>`,
  );
  return `<nav aria-label="Steps" class="hidden lg:block"><ol class="sticky top-20">${links.join("")}</ol></nav>${code}`;
}
