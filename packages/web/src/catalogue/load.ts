/** What the pages of the catalogue load. Comes with the first click: the page that the server sent has its data in it. */
import type { ModelCalls } from "@modelyard/sdk";
import { type Card, cardOf } from "./card.ts";
import { type Home, homeOf } from "./home-rows.ts";
import { type ListingSearch, PAGE_SIZE } from "./listing-search.ts";

export { loadModel } from "../model/load-model.ts";

export async function loadHome(models: ModelCalls): Promise<Home> {
  return homeOf(await models.home());
}

export interface Listing {
  models: Card[];
  total: number;
  /** All categories with their number of models, and the owners. */
  categories: { name: string; total: number }[];
  owners: string[];
}

export async function loadListing(models: ModelCalls, search: ListingSearch): Promise<Listing> {
  const [found, rows] = await Promise.all([
    models.list({
      search: search.q ?? "",
      categories: search.category ? [search.category] : [],
      slugowner: search.owner ?? "",
      // What fits a search best is what was meant, also where it cannot run.
      ...(search.q && !search.sort ? {} : { runnable: "first" as const }),
      // With a search and no order of choice, the best match comes first.
      ...(search.sort === "new" ? { sort: "id" } : search.sort === "runs" || !search.q ? { sort: "runs" } : {}),
      start: ((search.page ?? 1) - 1) * PAGE_SIZE,
      limit: PAGE_SIZE,
    }),
    models.explore(),
  ]);
  return {
    total: found.total,
    models: found.models.map(cardOf),
    categories: rows.map(({ title, total }) => ({ name: title, total })),
    owners: [...new Set(rows.flatMap(({ tools }) => tools.map((tool) => tool.slugowner)))].sort(),
  };
}
