/** The card that other sites show of a shared run. Pure. */
import type { SharedRun } from "@modelyard/contract";
import { snippet } from "../history/snippet.ts";

/** Unix seconds → YYYY-MM-DD, the same wherever the page is made. */
export function dayUtc(unixSeconds: string): string {
  return new Date(Number(unixSeconds) * 1000).toISOString().slice(0, 10);
}

export function sharedHead(run: SharedRun) {
  const description =
    (run.parameters && snippet(run.parameters)) || `A run of ${run.model} from ${dayUtc(run.createtime)}`;
  const picture = run.outputs.find((output) => "url" in output && /^image\/(png|jpeg|webp)$/.test(output.contenttype));
  return {
    meta: [
      { title: `${run.title} · a shared run · Modelyard` },
      { name: "robots", content: "noindex" },
      { name: "description", content: description },
      { property: "og:title", content: `${run.title}: a shared run` },
      { property: "og:description", content: description },
      { property: "og:type", content: "article" },
      ...(picture && "url" in picture
        ? [
            { property: "og:image", content: picture.url },
            { name: "twitter:card", content: "summary_large_image" },
          ]
        : []),
    ],
  };
}
