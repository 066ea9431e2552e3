/** One Markdown document → what a page shows of it. Raw HTML is shown as text; links lead to pages of this server, or are none. Pure. */
import { posix } from "node:path";
import MarkdownIt from "markdown-it";

type Token = ReturnType<InstanceType<typeof MarkdownIt>["parse"]>[number];

export interface Rendered {
  title: string;
  /** First paragraph as plain text. */
  summary: string;
  /** Without the title. */
  html: string;
  headings: { id: string; text: string; level: 2 | 3 }[];
}

/** Characters of a summary. */
const SUMMARY = 200;

const markdown = new MarkdownIt({ html: false, linkify: true });
// What scrolls can be reached by keyboard.
markdown.renderer.rules.table_open = () =>
  '<div class="scrolls" tabindex="0" role="group" aria-label="Table"><table>\n';
markdown.renderer.rules.table_close = () => "</table></div>\n";
const fence = markdown.renderer.rules.fence;
markdown.renderer.rules.fence = (...args) =>
  (fence?.(...args) ?? "").replace(/^<pre>/, '<pre tabindex="0" role="group" aria-label="Code">');
markdown.renderer.rules.code_block = (tokens, index) =>
  `<pre tabindex="0" role="group" aria-label="Code"><code>${markdown.utils.escapeHtml(tokens[index]?.content ?? "")}</code></pre>\n`;

/**
 * Where a link of a document leads on this server. `folder`: the document's, from the repository's root, e.g. `docs/guide`; undefined
 * for an operator's own page, whose relative links are left as they are. Undefined: to nothing that is served.
 */
export function linkTarget(href: string, folder: string | undefined): string | undefined {
  if (/^([a-z][a-z+.-]*:|\/|#)/i.test(href) || folder === undefined) return href;
  const [path = "", hash] = href.split("#");
  const whole = posix.normalize(posix.join(folder, path));
  const at = hash === undefined ? "" : `#${hash}`;
  const model = /^models\/([^/]+)\/([^/]+)(\/README\.md)?\/?$/.exec(whole);
  if (model) return `/models/${model[1]}/${model[2]}`;
  if (/^docs\/.+\.md$/.test(whole)) return `/${whole.slice(0, -3)}${at}`;
  return undefined;
}

/** Pictures of the documentation are served below /docs too. */
function imageTarget(src: string, folder: string | undefined): string {
  if (folder === undefined || /^([a-z][a-z+.-]*:|\/)/i.test(src)) return src;
  return `/${posix.normalize(posix.join(folder, src))}`;
}

/** A heading as the last part of an address, as code hosts make it. */
export function anchorOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replace(/\s+/g, "-");
}

const plain = (token: Token | undefined): string =>
  (token?.children ?? [])
    .map(({ type, content }) => (type === "softbreak" || type === "hardbreak" ? " " : type === "image" ? "" : content))
    .join("");

function rewrite(inline: Token, folder: string | undefined): void {
  const open: (boolean | undefined)[] = [];
  for (const token of inline.children ?? []) {
    if (token.type === "link_open") {
      const target = linkTarget(String(token.attrGet("href") ?? ""), folder);
      open.push(target === undefined);
      if (target !== undefined) token.attrSet("href", target);
    }
    if (token.type === "image") token.attrSet("src", imageTarget(String(token.attrGet("src") ?? ""), folder));
    const isDead = token.type === "link_close" ? open.pop() : token.type === "link_open" && open.at(-1);
    if (isDead) {
      token.type = "text";
      token.content = "";
    }
  }
}

/** `folder` as for `linkTarget`. */
export function renderMarkdown(source: string, folder: string | undefined): Rendered {
  const tokens = markdown.parse(source.replace(/<!--[\s\S]*?-->\n?/g, ""), {});
  const headings: Rendered["headings"] = [];
  const used = new Map<string, number>();
  let title = "";
  let summary = "";
  let titleAt = -1;
  tokens.forEach((token, index) => {
    if (token.type === "inline") rewrite(token, folder);
    const text = plain(tokens[index + 1]);
    if (token.type === "paragraph_open" && summary === "" && !token.hidden) summary = text;
    if (token.type !== "heading_open") return;
    if (token.tag === "h1" && titleAt < 0) {
      titleAt = index;
      title = text;
      return;
    }
    const id = anchorOf(text);
    const times = used.get(id) ?? 0;
    used.set(id, times + 1);
    token.attrSet("id", times === 0 ? id : `${id}-${times}`);
    if (token.tag === "h2" || token.tag === "h3")
      headings.push({ id: String(token.attrGet("id")), text, level: token.tag === "h2" ? 2 : 3 });
  });
  const body = titleAt < 0 ? tokens : [...tokens.slice(0, titleAt), ...tokens.slice(titleAt + 3)];
  const html = markdown.renderer.render(body, markdown.options, {}).replace(/<th( [^>]*)?><\/th>/g, "<td$1></td>");
  const short = summary.length > SUMMARY ? `${summary.slice(0, SUMMARY - 1).replace(/\s+\S*$/, "")} …` : summary;
  return { title, summary: short, html, headings };
}
