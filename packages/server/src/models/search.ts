/** Finding models: words against slug, title, description, categories and tags, with ranking, filters, order and paging. Pure. */
import { cleanSlug, sharedItems } from "@modelyard/contract";
import { flagField } from "../http/fields.ts";
import type { CatalogueModel } from "./service.ts";
import type { ModelStats } from "./stats.ts";

export interface ModelQuery {
  search: string;
  categories: readonly string[];
  tags: readonly string[];
  owner: string;
  /** Without the models that are chains of others. */
  hideApps: boolean;
  sort: string;
  order: "ASC" | "DESC";
  /** Models that cannot run come last, or not at all; "" = among equals they come last. */
  runnable: "" | "first" | "only";
  /** `owner/model` with which a model must share an input; "" = any. */
  like: string;
  start: number;
  limit: number;
}

const LIMIT = 100;
/** Category of the models that are chains of others. */
const APP = "app";

/** Strings and string lists of a body, as clients send them (numbers as text, one value instead of a list). */
export function readQuery(fields: Readonly<Record<string, unknown>>): ModelQuery {
  const text = (name: string) => {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
    return typeof value === "string" || typeof value === "number" ? String(value).trim() : "";
  };
  const list = (name: string) => {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
    return (Array.isArray(value) ? value : [value]).filter(
      (one): one is string => typeof one === "string" && one !== "",
    );
  };
  const count = (name: string, otherwise: number) => (/^\d{1,6}$/.test(text(name)) ? Number(text(name)) : otherwise);
  const search = text("search");
  const sort = text("sort").toLowerCase();
  const runnable = text("runnable");
  return {
    search,
    categories: list("categories"),
    tags: list("tags"),
    owner: cleanSlug(text("slugowner")),
    hideApps: flagField(fields, "hideworkflows"),
    sort: sort !== "" ? sort : search !== "" ? "relevance" : "id",
    order: text("order").toUpperCase() === "ASC" ? "ASC" : "DESC",
    runnable: runnable === "first" || runnable === "only" ? runnable : "",
    like: text("like"),
    start: count("start", 0),
    limit: Math.min(count("limit", 20), LIMIT),
  };
}

/** How well one word fits the model; 0 = not at all. */
function rank(model: CatalogueModel, word: string): number {
  const { manifest, cleanOwner, cleanSlug: slug } = model;
  if (slug === word || `${cleanOwner}/${slug}` === word) return 20;
  if (slug.includes(word)) return 8;
  if (manifest.title.toLowerCase().includes(word)) return 6;
  if (manifest.categories.some((name) => name.toLowerCase() === word)) return 5;
  if ([...manifest.categories, ...manifest.tags].some((name) => name.toLowerCase().includes(word))) return 3;
  if (cleanOwner.includes(word)) return 2;
  return manifest.description.toLowerCase().includes(word) ? 1 : 0;
}

/** Every word must fit somewhere; the sum of how well they do is the model's relevance. */
function relevance(model: CatalogueModel, search: string): number {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const ranks = words.map((word) => rank(model, word));
  return ranks.includes(0) ? 0 : ranks.reduce((sum, value) => sum + value, 0);
}

export interface Found {
  statOf: ModelStats["of"];
  /** Whether a model lacks something without which it cannot run, such as weights. */
  needsMore: (model: CatalogueModel) => boolean;
  /** The model that `query.like` names. */
  like: CatalogueModel | undefined;
}

/** Those that can run first, the most used ones first among them. */
export function mostUsed(
  models: readonly CatalogueModel[],
  { statOf, needsMore }: Pick<Found, "statOf" | "needsMore">,
): CatalogueModel[] {
  return models.toSorted(
    (a, b) => Number(needsMore(a)) - Number(needsMore(b)) || statOf(b.id).runs - statOf(a.id).runs,
  );
}

/** The models that fit, in their order, and how many there are in all. */
export function findModels(
  models: readonly CatalogueModel[],
  query: ModelQuery,
  { statOf, needsMore, like }: Found,
): { total: number; models: CatalogueModel[] } {
  const searched = query.search !== "";
  const found = models
    .filter(({ manifest }) => manifest.lifecycle !== "retired")
    .filter(({ manifest }) => !query.hideApps || !manifest.categories.includes(APP))
    .filter((model) => query.owner === "" || model.cleanOwner === query.owner)
    .filter(({ manifest }) => query.categories.every((name) => manifest.categories.includes(name)))
    .filter(({ manifest }) => query.tags.every((name) => manifest.tags.includes(name)))
    .filter((model) => query.runnable !== "only" || !needsMore(model))
    .filter(({ manifest }) => query.like === "" || (like && sharedItems(like.manifest, manifest).length > 0))
    .map((model) => ({ model, relevance: searched ? relevance(model, query.search) : 0 }))
    .filter((entry) => !searched || entry.relevance > 0);
  const key = (entry: (typeof found)[number]): number => {
    if (query.sort === "relevance") return entry.relevance;
    const { runs, rating } = statOf(entry.model.id);
    if (query.sort === "runs") return runs;
    if (query.sort === "averagepoint") return rating.average;
    if (query.sort === "ratedusercount") return rating.rated;
    if (query.sort === "commentcount") return rating.comments;
    return entry.model.id;
  };
  const sign = query.order === "ASC" ? 1 : -1;
  const lacks = (entry: (typeof found)[number]) => Number(needsMore(entry.model));
  found.sort(
    (a, b) =>
      (query.runnable === "first" ? lacks(a) - lacks(b) : 0) ||
      sign * (key(a) - key(b)) ||
      lacks(a) - lacks(b) ||
      a.model.id - b.model.id,
  );
  const page = found.slice(query.start, query.start + query.limit);
  return { total: found.length, models: page.map((entry) => entry.model) };
}
