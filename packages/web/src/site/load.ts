/** What the pages for everybody show: documents, prices, status. Loaded with the first of them. */
import {
  type Document,
  type DocumentEntry,
  DocumentListResponse,
  DocumentResponse,
  type DocumentSection,
  type SharedRun,
  SharedRunResponse,
  StatusResponse,
  type Tool,
  type ToolQuote,
  ToolQuoteResponse,
} from "@modelyard/contract";
import { ModelyardError } from "@modelyard/sdk";
import { notFound } from "@tanstack/react-router";
import type { PageContext } from "../router.tsx";

export interface ShownDocument {
  document: Document;
  /** All of its section. */
  list: DocumentEntry[];
}

/** Its HTML is put aside on the server: a page does not carry it twice. */
export async function loadDocument(
  { client, aside }: PageContext,
  section: DocumentSection,
  name: string,
): Promise<ShownDocument> {
  const { ask } = await client();
  try {
    const [{ document }, { documents }] = await Promise.all([
      ask("Document/Detail", { section, name }, DocumentResponse),
      ask("Document/List", { section }, DocumentListResponse),
    ]);
    aside?.set("document", document.html);
    return { document: { ...document, markdown: "", ...(aside ? { html: "" } : {}) }, list: documents };
  } catch (error) {
    if (error instanceof ModelyardError && error.status === 404) throw notFound();
    throw error;
  }
}

export async function loadPosts({ client }: PageContext): Promise<DocumentEntry[]> {
  return (await (await client()).ask("Document/List", { section: "blog" }, DocumentListResponse)).documents;
}

export async function loadStatus({ client }: PageContext): Promise<StatusResponse> {
  return (await client()).ask("Status/Detail", {}, StatusResponse);
}

export async function loadSharedRun({ client }: PageContext, token: string): Promise<SharedRun> {
  const { ask } = await client();
  try {
    return (await ask("Share/Detail", { token }, SharedRunResponse)).run;
  } catch (error) {
    if (error instanceof ModelyardError && error.status === 404) throw notFound();
    throw error;
  }
}

export interface PricedModel {
  name: string;
  path: { owner: string; model: string };
  title: string;
  /** JSON text of its tiers, as the wire has them. */
  tiers: string;
  quote: Pick<ToolQuote, "method" | "price" | "hold" | "exact" | "average" | "estimatedseconds">;
}

/** Models asked for at a time; the API takes 100. */
const PAGE = 100;
/** Quotes asked for at a time. */
const AT_ONCE = 8;

export async function loadPrices({ client }: PageContext): Promise<PricedModel[]> {
  const { ask, models } = await client();
  const all: Tool[] = [];
  for (let total = 1; all.length < total; ) {
    const page = await models.list({ start: all.length, limit: PAGE, sort: "runs" });
    if (page.models.length === 0) break;
    all.push(...page.models);
    total = page.total;
  }
  /** Undefined where there is no quote: the model cannot be run as it is, or went meanwhile. One model is no reason to show no prices. */
  const priced = async (model: Tool): Promise<PricedModel | undefined> => {
    const fields = { slugowner: model.slugowner, slugproject: model.slugproject };
    const answer = await ask("Tool/Quote", fields, ToolQuoteResponse).catch((error: unknown) => {
      if (error instanceof ModelyardError && error.status === 200) return undefined;
      throw error;
    });
    if (!answer) return undefined;
    const { method, price, hold, exact, average, estimatedseconds } = answer.quote;
    return {
      name: `${model.cleanslugowner}/${model.cleanslugproject}`,
      path: { owner: model.cleanslugowner, model: model.cleanslugproject },
      title: model.title,
      tiers: model.dynamicprice,
      quote: { method, price, hold, exact, average, estimatedseconds },
    };
  };
  const rows: PricedModel[] = [];
  // An app that lacks one of its models has no price.
  const offered = all.filter(({ dynamicprice }) => dynamicprice !== "[]");
  for (let at = 0; at < offered.length; at += AT_ONCE)
    rows.push(...(await Promise.all(offered.slice(at, at + AT_ONCE).map(priced))).filter((row) => row !== undefined));
  return rows;
}
