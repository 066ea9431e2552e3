/** What the catalogue says of apps: what they cost, and why one cannot be run. */
import {
  cleanSlug,
  formatUsd,
  type Item,
  isFileItem,
  items,
  type Manifest,
  mostFiles,
  type PriceRow,
  readInputs,
} from "@modelyard/contract";
import { appProblem } from "../apps/policy-check.ts";
import { quoteApp } from "../apps/policy-quote.ts";
import type { CatalogueModel } from "./service.ts";

/** Finds a model's manifest by `owner/slug` in any spelling. */
export type ManifestOf = (name: string) => Manifest | undefined;

export function manifestsOf(models: readonly CatalogueModel[]): ManifestOf {
  const byName = new Map(
    models.map(({ cleanOwner, cleanSlug: slug, manifest }) => [`${cleanOwner}/${slug}`, manifest]),
  );
  return (name) => byName.get(name.split("/").map(cleanSlug).join("/"));
}

/**
 * The price of a run where nothing but the files is chosen, for lists; the price of a certain run is asked for with its inputs.
 * Where it depends on how many files there are, it is the most that a run can cost.
 */
function shownPrice(manifest: Manifest, manifestOf: ManifestOf): PriceRow[] {
  const { runner } = manifest;
  if (runner.type !== "app") return manifest.price;
  const read = readInputs(manifest, {});
  const values = read.ok ? read.inputs.values : read.values;
  const files = items(manifest).filter((item) => isFileItem(item) && item.required === true);
  const quoteWith = (filesOf: (item: Item) => number) =>
    quoteApp(
      runner,
      { ...values, ...Object.fromEntries(files.map((item) => [item.id, Array(filesOf(item)).fill({ url: "" })])) },
      manifestOf,
    );
  const least = quoteWith(() => 1);
  const most = quoteWith(mostFiles);
  const method = least.hold === most.hold ? least.method : "cp-readoutput";
  const hold = formatUsd(most.hold, 9);
  return [{ method, price: hold, ...(method === "cpr" ? {} : { most: hold }), inputs: {} }];
}

/** Gives apps their price and says what is wrong with them, as the models that they are made of are now. */
export function withApps(models: readonly CatalogueModel[]): CatalogueModel[] {
  const manifestOf = manifestsOf(models);
  return models.map((model) => {
    const { manifest } = model;
    if (manifest.runner.type !== "app") return model;
    const missing = manifest.runner.steps.map((step) => step.model).filter((name) => manifestOf(name) === undefined);
    const price = missing.length > 0 ? [] : shownPrice(manifest, manifestOf);
    return { ...model, manifest: { ...manifest, price }, problem: appProblem(manifest, manifestOf), missing };
  });
}
