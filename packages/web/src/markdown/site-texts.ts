/** Texts about the whole site, for programs that read: llms.txt, the sitemap, robots.txt. */
import { DocumentListResponse, type DocumentSection, type Tool } from "@modelyard/contract";
import type { Client, ModelCalls } from "@modelyard/sdk";
import { modelPath, startingPrice } from "../catalogue/describe.ts";

/** The API's largest page. */
const PAGE = 100;
/** Models listed at most: a sitemap may have 50,000 addresses, and a prompt's room is smaller than that. */
const LIMIT = 5_000;

async function everyModel(models: ModelCalls): Promise<Tool[]> {
  const found: Tool[] = [];
  for (let start = 0; start < LIMIT; start += PAGE) {
    const { models: page, total } = await models.list({ sort: "runs", start, limit: PAGE });
    found.push(...page);
    if (found.length >= total || page.length === 0) break;
  }
  return found;
}

type Open = Pick<Client, "ask" | "models">;

async function documents({ ask }: Open, section: DocumentSection) {
  return (await ask("Document/List", { section }, DocumentListResponse)).documents;
}

/** One line of Markdown; a description may not break out of its list. */
export function line(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

export async function siteMarkdown(client: Open, base: string): Promise<string> {
  const all = await everyModel(client.models);
  const docs = (await documents(client, "docs"))
    .filter(({ name }) => !/^(architecture|decisions)\//.test(name))
    .map(({ name, title, summary }) => `- [${line(title)}](${base}/docs/${name}.md): ${line(summary)}`);
  const list = all.map(
    (model) =>
      `- [${model.slugowner}/${model.slugproject}](${base}${modelPath(model)}/llms.txt): ${line(model.description)} (${startingPrice(model)})`,
  );
  return `# Modelyard

> AI models behind one HTTP API and one WebSocket: start a run, follow it live, fetch what it made. A run's price is known before it starts.

Base address of the API: ${base}/v1. Every call is a POST; a project's key goes into the header \`x-api-key\`.
A run is started with \`POST /v1/Run/{owner}/{model}\` and asked for with \`POST /v1/Task/Detail\`; it has ended at \`task_postprocess_end\` or \`task_cancel\`.

## API

- [OpenAPI description](${base}/openapi.json): every endpoint with its fields and answers
- [Model Context Protocol](${base}/docs/api/agents.md): ${base}/mcp finds models, quotes and runs them, with a project's key in \`x-api-key\`
${docs.length > 0 ? `\n## Documentation\n\n${docs.join("\n")}\n` : ""}
## Models

${list.length > 0 ? list.join("\n") : "None is installed."}
`;
}

const xml = (text: string) => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

export async function sitemap(client: Open, base: string): Promise<string> {
  const named = async (section: DocumentSection, below: string) =>
    (await documents(client, section)).map(({ name }) => `${below}/${name}`);
  const paths = [
    ...["/", "/models", "/apps", "/pricing", "/status", "/blog"],
    ...(await everyModel(client.models)).map(modelPath),
    ...(await named("docs", "/docs")),
    ...(await named("blog", "/blog")),
    ...(await named("pages", "")),
  ];
  const entries = paths.map((path) => `  <url><loc>${xml(base + path)}</loc></url>`);
  return `<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
${entries.join("\n")}
</urlset>
`;
}

/** Searches and forms have as many addresses as there are words; their pages are found without them. */
export function robots(base: string): string {
  return `User-agent: *
Disallow: /v1/
Disallow: /account/
Disallow: /*?*q=
Disallow: /*?*inputs=

Sitemap: ${base}/sitemap.xml
`;
}
