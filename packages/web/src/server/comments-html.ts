/** The newest comments of a model as a piece of its page, for who reads without JavaScript. */
import { CommentListResponse } from "@modelyard/contract";
import type { Client } from "@modelyard/sdk";
import { summaryWords } from "../comments/comment-words.ts";
import { escapeHtml } from "./highlight.ts";

const SHOWN = 20;

export async function commentsHtml(
  { ask }: Pick<Client, "ask">,
  name: { owner: string; model: string },
): Promise<string> {
  const fields = { slugowner: name.owner, slugproject: name.model, limit: SHOWN };
  const list = await ask("Comment/List", fields, CommentListResponse);
  const items = list.comments.map(({ name: who, points, text, time }) => {
    const day = new Date(Number(time) * 1000).toISOString().slice(0, 10);
    return `<li class="py-4"><p class="flex flex-wrap items-center gap-x-3 gap-y-1"><span class="font-semibold">${escapeHtml(who)}</span><span>${points} of 5</span><time datetime="${day}" class="text-sm text-soft tabular-nums">${day}</time></p><p class="mt-1 whitespace-pre-wrap wrap-anywhere">${escapeHtml(text)}</p></li>`;
  });
  const listed = items.length > 0 ? `<ul class="divide-y divide-line">${items.join("")}</ul>` : "";
  return `<div class="grid max-w-[46rem] gap-6"><p class="text-soft">${escapeHtml(summaryWords(list))}</p>${listed}</div>`;
}
