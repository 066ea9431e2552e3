/** What the home page shows in which rows: what somebody chose, the most used and the newest models, then the categories. Pure. */
import { cleanSlug, ExploreFileRow } from "@modelyard/contract";
import { LineCounter, parseDocument } from "yaml";
import { type Found, mostUsed } from "./search.ts";
import type { CatalogueModel } from "./service.ts";

/** Models of a row at most. */
export const ROW = 12;
/** Up to so many models, a row of the newest would be all of them once more. */
const FEW = 4;

export interface ExploreFile {
  rows: ExploreFileRow[];
  /** What is wrong, each in a sentence; those rows are left out. */
  problems: string[];
}

/** Reads an `explore.yaml`. `rows` is undefined where nothing of it can be used. */
export function readExplore(text: string): ExploreFile | { rows: undefined; problems: string[] } {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const [error] = document.errors;
  if (error) {
    const { line } = lineCounter.linePos(error.pos[0]);
    return { rows: undefined, problems: [`line ${line}: this is not YAML: ${error.message}`] };
  }
  const content: unknown = document.toJS({ maxAliasCount: 0 });
  const rows = typeof content === "object" && content !== null && "rows" in content ? content.rows : undefined;
  if (!Array.isArray(rows)) return { rows: undefined, problems: ["it needs a list with the name rows"] };
  const read = rows.map((row, index) => ({ index, result: ExploreFileRow.safeParse(row) }));
  return {
    rows: read.flatMap(({ result }) => (result.success ? [result.data] : [])),
    problems: read.flatMap(({ index, result }) =>
      result.success
        ? []
        : result.error.issues.map(({ path, message }) => `${["rows", index + 1, ...path].join(" ")}: ${message}`),
    ),
  };
}

/** The parts of a catalogue that rows are made of. */
interface Known extends Pick<Found, "statOf" | "needsMore"> {
  /** Without those that are retired. */
  listed: readonly CatalogueModel[];
  /** When an operator added the version in use, unix milliseconds; 0 for one of a folder. */
  addedAt: (model: CatalogueModel) => number;
}

function named(listed: readonly CatalogueModel[], name: string): CatalogueModel | undefined {
  const [owner = "", slug = ""] = name.split("/").map(cleanSlug);
  return listed.find((model) => model.cleanOwner === owner && model.cleanSlug === slug);
}

const ofCategory = (listed: readonly CatalogueModel[], name: string) =>
  listed.filter(({ manifest }) => manifest.categories.includes(name));

/** Names in the rows that this server has nothing for, each in a sentence. */
export function unknownNames(rows: readonly ExploreFileRow[], listed: readonly CatalogueModel[]): string[] {
  return rows.flatMap(({ title, models = [], category }) => [
    ...models.filter((name) => !named(listed, name)).map((name) => `row "${title}": there is no model ${name}`),
    ...(category !== undefined && ofCategory(listed, category).length === 0
      ? [`row "${title}": no model is of the category ${category}`]
      : []),
  ]);
}

export interface HomeRow {
  id: string;
  title: string;
  models: CatalogueModel[];
  /** Path at which all of it is listed; "" where the row is all there is. */
  path: string;
  /** All that are listed there. */
  total: number;
}

const categoryPath = (name: string) => `/models?category=${encodeURIComponent(name)}`;

/** One row for each category; those that can run first, the most used ones first among them. */
export function categoryRows(known: Omit<Known, "addedAt">): HomeRow[] {
  const names = [...new Set(known.listed.flatMap(({ manifest }) => manifest.categories))].sort();
  return names.map((name) => {
    const members = ofCategory(known.listed, name);
    const models = mostUsed(members, known).slice(0, ROW);
    return { id: name, title: name, models, path: categoryPath(name), total: members.length };
  });
}

/** The rows of the home page. A row without a model is left out, and in each those that cannot run come last. */
export function homeRows(chosen: readonly ExploreFileRow[], known: Known): HomeRow[] {
  const { listed, statOf, needsMore, addedAt } = known;
  const lastIfLacking = (models: readonly CatalogueModel[]) =>
    models.toSorted((a, b) => Number(needsMore(a)) - Number(needsMore(b))).slice(0, ROW);
  const all = { path: "/models", total: listed.length };
  const byHand = chosen.map(({ title, models = [], category }, index): HomeRow => {
    const id = `chosen-${index + 1}`;
    if (category !== undefined) {
      const members = ofCategory(listed, category);
      const row = { models: mostUsed(members, known).slice(0, ROW), path: categoryPath(category) };
      return { id, title, ...row, total: members.length };
    }
    const found = [...new Set(models.flatMap((name) => named(listed, name) ?? []))];
    return { id, title, models: lastIfLacking(found), path: "", total: found.length };
  });
  const used = mostUsed(
    listed.filter(({ id }) => statOf(id).runs > 0),
    known,
  ).slice(0, ROW);
  const newest = listed.toSorted((a, b) => addedAt(b) - addedAt(a) || b.id - a.id);
  const isFew = listed.length <= FEW;
  const shown = new Set(chosen.map(({ category }) => category));
  return [
    ...byHand,
    { id: "most-used", title: "Most used", models: used, ...all },
    { id: "newest", title: "New", models: isFew ? [] : lastIfLacking(newest), ...all, path: "/models?sort=new" },
    ...categoryRows(known).filter(({ id }) => !shown.has(id)),
  ].filter(({ models }) => models.length > 0);
}
