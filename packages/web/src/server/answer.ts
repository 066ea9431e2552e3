/** What is answered to each address that is a page's or a text's. */
import { DocumentResponse, type SiteAnswer, type SiteRequest } from "@modelyard/contract";
import { createClient, ModelyardError } from "@modelyard/sdk";
import { modelMarkdown } from "../markdown/model-markdown.ts";
import { modelPrompt } from "../markdown/model-prompt.ts";
import { robots, siteMarkdown, sitemap } from "../markdown/site-texts.ts";
import { readModelSearch } from "../model/model-search.ts";
import type { PageContext } from "../router.tsx";
import { readSamplesRequest } from "../samples/samples-request.ts";
import { commentsHtml } from "./comments-html.ts";
import { renderPage } from "./render-page.tsx";
import { samplesHtml } from "./samples-html.ts";

export interface AnswerDeps {
  fetch: typeof fetch;
  assets: (path: string) => PageContext["assets"];
}

const text = (body: string, contentType: string, status = 200): SiteAnswer => ({
  status,
  contentType: `${contentType}; charset=utf-8`,
  body,
  scripts: [],
});

const MODEL_TEXT = /^\/models\/([^/]+)\/([^/]+?)(?:\.md|\/(llms\.txt|llms-full\.txt|prompt\.txt))$/;
const DOCUMENT_TEXT = /^\/docs\/(.+)\.md$/;
const DOCUMENT_PAGE = /^\/docs\/(.+)$/;
const MODEL_PAGE = /^\/models\/([^/]+)\/([^/]+)$/;

export async function answer(request: SiteRequest, { fetch, assets }: AnswerDeps): Promise<SiteAnswer> {
  const { base, url, body } = request;
  const { pathname, searchParams } = new URL(url, base);
  // The API is reached under the address that the client used: the answers' own addresses are made from it.
  const client = createClient({ url: base, fetch });
  const { models } = client;

  if (body !== undefined) {
    const wanted = readSamplesRequest(body);
    if (pathname !== "/web/samples" || !wanted) return text("Not found\n", "text/plain", 404);
    return text(await samplesHtml(models, base, wanted), "text/html");
  }
  // Under /docs too: the wire contract's clients look for the documentation's list there.
  if (pathname === "/llms.txt" || pathname === "/docs/llms.txt")
    return text(await siteMarkdown(client, base), "text/plain");
  if (pathname === "/sitemap.xml") return text(await sitemap(client, base), "application/xml");
  if (pathname === "/robots.txt") return text(robots(base), "text/plain");

  const named = MODEL_TEXT.exec(pathname) ?? (request.markdown ? MODEL_PAGE.exec(pathname) : null);
  if (named) {
    const [, owner = "", slug = "", kind] = named;
    try {
      const model = await models.detail(decodeURIComponent(owner), decodeURIComponent(slug));
      const { inputs = {} } = readModelSearch({ inputs: parsed(searchParams.get("inputs")) });
      if (kind === "prompt.txt") return text(modelPrompt(model, { base, inputs }), "text/plain");
      const full = kind === "llms-full.txt";
      const type = kind === undefined ? "text/markdown" : "text/plain";
      return text(modelMarkdown(model, { base, full, inputs }), type);
    } catch (error) {
      if (error instanceof ModelyardError && error.code === 1)
        return text("There is no such model.\n", "text/plain", 404);
      throw error;
    }
  }
  const document = DOCUMENT_TEXT.exec(pathname) ?? (request.markdown ? DOCUMENT_PAGE.exec(pathname) : null);
  if (document) {
    try {
      const fields = { section: "docs", name: document[1] };
      const found = await client.ask("Document/Detail", fields, DocumentResponse);
      return text(found.document.markdown, "text/markdown");
    } catch (error) {
      if (error instanceof ModelyardError && error.status === 404)
        return text("There is no such document.\n", "text/plain", 404);
      throw error;
    }
  }
  if (request.markdown && (pathname === "/" || pathname === "/models"))
    return text(await siteMarkdown(client, base), "text/markdown");
  return renderPage(request, {
    models,
    client: async () => client,
    base,
    assets: assets(pathname),
    aside: new Map(),
    comments: (name) => commentsHtml(client, name),
    samples: (wanted) => samplesHtml(models, base, wanted),
  });
}

function parsed(json: string | null): unknown {
  try {
    return JSON.parse(json ?? "null");
  } catch {
    return undefined;
  }
}
