/** A model as the wire's "tool" (wire-contract.md 9). */
import {
  formatUsd,
  type Item,
  isConditional,
  isFileItem,
  items,
  type Manifest,
  parseUsd,
  type Sample,
  sampleOf,
  type Tool,
  type ToolDetail,
  type ToolFacts,
  type ToolItem,
} from "@modelyard/contract";
import { typeByName } from "../files/policy.ts";
import type { CatalogueModel } from "./service.ts";
import type { ModelStat, Rating, RunTimes } from "./stats.ts";

/** Path of a picture or sample of a model, below the public base. The version in it lets browsers keep the answer for good. */
export function assetPath(version: string, path: string): string {
  return `/assets/models/${version}/${path.split("/").map(encodeURIComponent).join("/")}`;
}

/** The wire knows no conditions: what a run may leave out is not required there. */
function presentItem(item: Item, manifest: Manifest): ToolItem {
  const fallback = item.default ?? "";
  const limits = {
    ...(item.min === undefined ? {} : { min: item.min }),
    ...(item.max === undefined ? {} : { max: item.max }),
    ...(item.step === undefined ? {} : { step: item.step }),
  };
  return {
    id: item.id,
    type: item.type,
    label: item.label,
    placeholder: item.placeholder ?? "",
    note: item.note ?? "",
    description: item.description ?? item.note ?? "",
    class: "",
    rows: item.rows === undefined ? "" : String(item.rows),
    optionsLoad: "",
    required: item.required && !isConditional(manifest, item.id),
    advanced: item.advanced,
    quick: !item.advanced,
    options: (item.options ?? []).map(({ value, label = value }) => ({ value, text: label, label })),
    default: String(fallback),
    ...limits,
    defaultvalue: fallback,
    value: fallback,
    minvalue: String(item.min ?? ""),
    maxvalue: String(item.max ?? ""),
    incrementby: String(item.step ?? ""),
    maxinputlenght: item.maxLength ?? 0,
  };
}

/** Prices as the wire's `dynamicprice`: JSON text, amounts as numbers for clients that calculate with them. */
function dynamicPrice(manifest: Manifest): string {
  return JSON.stringify(
    manifest.price.map(({ inputs, price, method, priceExtra, priceInput }) => ({
      inputs,
      price: Number(price),
      priceMethod: method,
      ...(priceExtra === undefined ? {} : { priceExtra: Number(priceExtra) }),
      ...(priceInput === undefined ? {} : { priceInput: Number(priceInput) }),
    })),
  );
}

function approximateCost(manifest: Manifest, stat: ModelStat): string {
  if (stat.successes > 0) return formatUsd(stat.cost / BigInt(stat.successes));
  const fixed = manifest.price.find(({ method }) => method === "cpr");
  return formatUsd(fixed ? parseUsd(fixed.price) : 0n);
}

export function presentTool(model: CatalogueModel, stat: ModelStat & { rating: Rating }, base: string): Tool {
  const { manifest, version } = model;
  const seconds = stat.successes === 0 ? 0 : stat.elapsed / stat.successes / 10_000;
  const perSecond = manifest.price.find(({ method }) => method === "cps");
  return {
    id: String(model.id),
    title: manifest.title,
    slugowner: model.owner,
    slugproject: model.slug,
    cleanslugowner: model.cleanOwner,
    cleanslugproject: model.cleanSlug,
    description: manifest.description,
    seodescription: manifest.description,
    image: manifest.image ? base + assetPath(version, manifest.image) : "",
    computingtime: stat.successes === 0 ? "" : `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} seconds`,
    categories: manifest.categories,
    tags: manifest.tags,
    samples: manifest.samples.map((sample) => base + assetPath(version, sampleOf(sample).file)),
    marketplace: 1,
    onlymembers: "1",
    averagepoint: String(stat.rating.average),
    commentcount: String(stat.rating.comments),
    ratedusercount: String(stat.rating.rated),
    dynamicprice: dynamicPrice(manifest),
    approximatelycost: approximateCost(manifest, stat),
    cps: formatUsd(perSecond ? parseUsd(perSecond.price) : 0n),
    taskstat: {
      runcount: stat.runs,
      successcount: String(stat.successes),
      errorcount: String(stat.errors),
      lastruntime: String(Math.floor(stat.lastRunAt / 1000)),
      elapsedseconds: seconds.toFixed(4),
    },
  };
}

/** Inputs of a sample as they would be sent: a file item's value is the address of that file. */
function sampleInputs(model: CatalogueModel, base: string, sample: Sample): Record<string, string | number | boolean> {
  const files = new Set(
    items(model.manifest)
      .filter(isFileItem)
      .map(({ id }) => id),
  );
  return Object.fromEntries(
    Object.entries(sample.inputs ?? {}).map(([id, value]) => [
      id,
      files.has(id) ? base + assetPath(model.version, String(value)) : value,
    ]),
  );
}

/** Whether a run's own inputs are shown for a file of the folder: pictures, results, and what samples were made from. */
export function isShown(manifest: Manifest, path: string): boolean {
  const files = new Set(
    items(manifest)
      .filter(isFileItem)
      .map(({ id }) => id),
  );
  const samples = manifest.samples.map(sampleOf);
  return (
    path === manifest.image ||
    samples.some(({ file, inputs }) => {
      const from = Object.entries(inputs ?? {}).some(([id, value]) => files.has(id) && value === path);
      return file === path || from;
    })
  );
}

function presentApp({ manifest: { runner }, missing = [] }: CatalogueModel): ToolFacts["app"] {
  if (runner.type !== "app") return null;
  return {
    steps: runner.steps.map(({ id, title = id, model }) => ({ id, title, model, known: !missing.includes(model) })),
  };
}

/** `installed`: a connected worker has the model's weights. */
function presentPull({ manifest, cleanOwner, cleanSlug }: CatalogueModel, installed: boolean): ToolFacts["pull"] {
  if (!manifest.pull) return null;
  const sizes = manifest.weights.map(({ size }) => size);
  const known = sizes.every((size) => size !== null);
  return {
    installed,
    command: `modelyard models pull ${cleanOwner}/${cleanSlug}`,
    bytes: known ? sizes.reduce((sum, size) => sum + size, 0) : null,
  };
}

const costText = (times: RunTimes | undefined) => (times?.cost === undefined ? null : formatUsd(times.cost));

/** Kinds of runs whose times a model tells. */
const ALIKE_SHOWN = 20;

interface Facts {
  stat: ModelStat & { rating: Rating };
  times: RunTimes | undefined;
  alike: readonly { likeness: string; times: RunTimes }[];
  readiness: ToolFacts["readiness"];
  base: string;
  /** A connected worker has the model's weights. */
  installed: boolean;
  /** The beginning of a file of the folder that is text. */
  textOf: (file: string) => string | null;
}

function presentFacts(
  model: CatalogueModel,
  { stat, times, alike, readiness, base, installed, textOf }: Facts,
): ToolFacts {
  const { manifest, version } = model;
  const ended = stat.successes + stat.errors;
  return {
    version,
    lifecycle: manifest.lifecycle,
    license: manifest.license,
    output: manifest.output,
    inputs: manifest.inputs,
    price: manifest.price,
    limits: { timeout: manifest.limits.timeout, outputFiles: manifest.limits.outputFiles },
    pull: presentPull(model, installed),
    app: presentApp(model),
    problem: model.problem ?? null,
    readiness,
    successrate: ended === 0 ? null : stat.successes / ended,
    p50: times ? times.p50 / 10_000 : null,
    p95: times ? times.p95 / 10_000 : null,
    typicalcost: costText(times),
    alike: alike.slice(0, ALIKE_SHOWN).map(({ likeness, times }) => ({
      likeness,
      p50: times.p50 / 10_000,
      p95: times.p95 / 10_000,
      cost: costText(times),
    })),
    samples: manifest.samples.map(sampleOf).map((sample) => {
      const name = sample.file.split("/").at(-1) ?? "";
      return {
        name,
        contenttype: typeByName(name),
        url: base + assetPath(version, sample.file),
        text: textOf(sample.file),
        inputs: sample.inputs ? sampleInputs(model, base, sample) : null,
      };
    }),
  };
}

export function presentToolDetail(model: CatalogueModel, facts: Facts & { readme: string }): ToolDetail {
  const { stat, base, readme } = facts;
  const parameters = model.manifest.inputs.map(({ title, subtitle, items }) => ({
    title,
    subtitle,
    items: items.map((item) => presentItem(item, model.manifest)),
  }));
  return {
    ...presentTool(model, stat, base),
    readme,
    parameters: parameters.length > 0 ? parameters : null,
    inspire: model.manifest.samples
      .map(sampleOf)
      .filter(({ inputs }) => inputs)
      .map((sample) => sampleInputs(model, base, sample)),
    modelyard: presentFacts(model, facts),
  };
}
