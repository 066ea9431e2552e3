/** What the catalogue says of apps: what they cost, and why one cannot be run. */
import { cleanSlug, formatUsd, type Manifest, type PriceRow, readInputs } from "@modelyard/contract";
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

/** The price of a run where nothing is chosen, for lists; the price of a certain run is asked for with its inputs. */
function shownPrice(manifest: Manifest, manifestOf: ManifestOf): PriceRow[] {
  if (manifest.runner.type !== "app") return manifest.price;
  const read = readInputs(manifest, {});
  const { method, price, hold } = quoteApp(manifest.runner, read.ok ? read.inputs.values : read.values, manifestOf);
  return [
    { method, price: formatUsd(price, 9), ...(method === "cpr" ? {} : { most: formatUsd(hold, 9) }), inputs: {} },
  ];
}

/** Gives apps their price and says what is wrong with them, as the models that they are made of are now. */
export function withApps(models: readonly CatalogueModel[]): CatalogueModel[] {
  const manifestOf = manifestsOf(models);
  return models.map((model) => {
    const { manifest } = model;
    if (manifest.runner.type !== "app") return model;
    const price = shownPrice(manifest, manifestOf);
    const missing = manifest.runner.steps.map((step) => step.model).filter((name) => manifestOf(name) === undefined);
    return { ...model, manifest: { ...manifest, price }, problem: appProblem(manifest, manifestOf), missing };
  });
}
