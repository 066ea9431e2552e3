/** A model's README.md as HTML: markdown only, raw HTML of the author shown as text, script addresses refused by the library. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import MarkdownIt from "markdown-it";

const markdown = new MarkdownIt({ html: false, linkify: true });
const rendered = new Map<string, string>();

export function readmeHtml(model: { version: string; dir: string; files: readonly { path: string }[] }): string {
  const known = rendered.get(model.version);
  if (known !== undefined) return known;
  const path = model.files.find((file) => file.path.toLowerCase() === "readme.md")?.path;
  const html = path ? markdown.render(readFileSync(join(model.dir, path), "utf8")) : "";
  rendered.set(model.version, html);
  return html;
}
