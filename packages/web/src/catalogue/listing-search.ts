/** What a list of models is asked for, as it stands in the address. */
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
