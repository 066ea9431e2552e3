/** What the home page shows: a few models of each category that has several. */
import type { Row } from "@modelyard/sdk";
import { type Card, cardOf } from "./card.ts";
import { categoryTitle } from "./describe.ts";

/** Models in a row; the rest is behind "View all". */
export const SHOWN = 4;
/** A category of fewer models is no row of its own: its models stand together with those of other small ones. */
const ROW_FROM = 3;

export interface HomeRow {
  id: string;
  title: string;
  models: Card[];
  /** All of the category, where it is one. */
  total: number;
}

/** The categories that fill a row; then the models of small ones, which are in no row yet, as one. */
export function homeRows(rows: readonly Row[]): HomeRow[] {
  const large = rows.filter(({ tools }) => tools.length >= ROW_FROM);
  const inLarge = new Set(large.flatMap(({ tools }) => tools.slice(0, SHOWN).map(({ id }) => id)));
  const small = new Map(
    rows.filter((row) => !large.includes(row)).flatMap(({ tools }) => tools.map((tool) => [tool.id, tool])),
  );
  for (const id of inLarge) if (large.length > 1) small.delete(id);
  const others = [...small.values()];
  // A model of several rows is one card in the page's data.
  const cards = new Map(rows.flatMap(({ tools }) => tools).map((tool) => [tool.id, cardOf(tool)]));
  const shown = (tools: Row["tools"]) => tools.flatMap(({ id }) => cards.get(id) ?? []);
  return [
    ...large.map(({ id, title, tools, total }) => ({
      id,
      title: categoryTitle(title),
      models: shown(tools.slice(0, SHOWN)),
      total,
    })),
    ...(others.length > 0
      ? [{ id: "others", title: large.length > 0 ? "More models" : "Models", models: shown(others), total: 0 }]
      : []),
  ];
}
