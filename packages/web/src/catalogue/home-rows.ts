/** What the home page shows: the rows that were chosen for it, or a few models of each category that has several. */
import type { Row } from "@modelyard/sdk";
import { type Card, cardOf } from "./card.ts";
import { categoryTitle } from "./describe.ts";
import { type ListingSearch, readListingSearch } from "./listing-search.ts";

/** Models in a row that is listed elsewhere as a whole: the rest is behind "View all". */
const SHOWN = 4;
/** A category of fewer models is no row of its own: its models stand together with those of other small ones. */
const ROW_FROM = 3;

export interface HomeRow {
  id: string;
  title: string;
  models: Card[];
  /** All that are listed with `all`. */
  total: number;
  /** Where there are more: what the list of models is asked for. */
  all?: ListingSearch;
}

export interface Home {
  rows: HomeRow[];
  /** Those that are no rows, with their numbers of models. */
  categories: { name: string; total: number }[];
}

/** Rows that somebody chose say what is here: categories are links below them then, and rows only where nobody chose any. */
export function homeOf(rows: readonly Row[]): Home {
  const categories = rows.filter(isCategory);
  if (categories.length === rows.length) return { rows: homeRows(rows), categories: [] };
  return {
    rows: homeRows(rows.filter((row) => !isCategory(row))),
    categories: categories.map(({ title, total }) => ({ name: title, total })),
  };
}

/** Only categories are called by their id. */
const isCategory = ({ id, title }: Row) => id === title;

/** What was chosen, or the categories that fill a row; then the models of small ones, which are in no row yet, as one. */
function homeRows(rows: readonly Row[]): HomeRow[] {
  const large = rows.filter((row) => !isCategory(row) || row.tools.length >= ROW_FROM);
  const shownOf = ({ url, tools }: Row) => (url === "" ? tools : tools.slice(0, SHOWN));
  const inLarge = new Set(large.flatMap(shownOf).map(({ id }) => id));
  const small = new Map(
    rows.filter((row) => !large.includes(row)).flatMap(({ tools }) => tools.map((tool) => [tool.id, tool])),
  );
  for (const id of inLarge) if (large.length > 1) small.delete(id);
  const others = [...small.values()];
  // A model of several rows is one card in the page's data.
  const cards = new Map(rows.flatMap(({ tools }) => tools).map((tool) => [tool.id, cardOf(tool)]));
  const shown = (tools: Row["tools"]) => tools.flatMap(({ id }) => cards.get(id) ?? []);
  return [
    ...large.map((row) => ({
      id: row.id,
      title: isCategory(row) ? categoryTitle(row.title) : row.title,
      models: shown(shownOf(row)),
      total: row.total,
      ...(row.total > shownOf(row).length ? { all: searchOf(row.url) } : {}),
    })),
    ...(others.length > 0
      ? [{ id: "others", title: large.length > 0 ? "More models" : "Models", models: shown(others), total: 0 }]
      : []),
  ];
}

function searchOf(url: string): ListingSearch {
  return readListingSearch(Object.fromEntries(new URL(url).searchParams));
}
