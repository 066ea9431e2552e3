/** What a list of models is asked for, as it stands in the address. */
import type { Tool } from "@modelyard/contract";
import type { ModelCalls } from "@modelyard/sdk";

export const SORTS = ["runs", "new"] as const;

export interface ListingSearch {
  q?: string;
  category?: string;
  owner?: string;
  sort?: (typeof SORTS)[number];
  /** From 1. */
  page?: number;
}

export const PAGE_SIZE = 24;

const word = (value: unknown): string | undefined => {
  const text = typeof value === "string" || typeof value === "number" ? String(value).trim().slice(0, 200) : "";
  return text === "" ? undefined : text;
};

/** Reads an address; what it cannot use is left out, so that every address shows a list. */
export function readListingSearch(raw: Record<string, unknown>): ListingSearch {
  const page = Number(raw.page);
  return {
    q: word(raw.q),
    category: word(raw.category),
    owner: word(raw.owner),
    sort: SORTS.find((name) => name === raw.sort),
    page: Number.isInteger(page) && page > 1 && page < 10_000 ? page : undefined,
  };
}

export interface Listing {
  models: Tool[];
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
      // With a search and no order of choice, the best match comes first.
      ...(search.sort === "new" ? { sort: "id" } : search.sort === "runs" || !search.q ? { sort: "runs" } : {}),
      start: ((search.page ?? 1) - 1) * PAGE_SIZE,
      limit: PAGE_SIZE,
    }),
    models.explore(),
  ]);
  return {
    ...found,
    categories: rows.map(({ title, total }) => ({ name: title, total })),
    owners: [...new Set(rows.flatMap(({ tools }) => tools.map((tool) => tool.slugowner)))].sort(),
  };
}
