/** A model's figures in words and short numbers. Pure. */
import { type PriceMethod, perUnit, type Tool } from "@modelyard/contract";
import { dollars } from "../ui/dollars.ts";

const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

export function count(n: number): string {
  return compact.format(n);
}

/** `2 files`, `1 file`. */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** `0.4 s`, `12 s`, `3 min 20 s`. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${(Math.round(seconds * 10) / 10).toFixed(1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  const rest = Math.round(seconds % 60);
  return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
}

interface PriceTier {
  price: number;
  priceMethod: PriceMethod;
}

/** The lowest price of a model, e.g. `$0.002 a run`; the wire's list of tiers is JSON text. */
export function startingPrice(model: Tool): string {
  const tiers = JSON.parse(model.dynamicprice) as PriceTier[];
  const lowest = tiers.toSorted((a, b) => a.price - b.price)[0];
  const isApp = model.categories.includes("app");
  // An app without a price lacks one of its models.
  if (!lowest) return isApp ? "not available" : "free";
  // What its steps can cost at most; what they really cost is billed.
  if (isApp && lowest.priceMethod === "cp-readoutput") return `up to ${dollars(lowest.price)} a run`;
  return `${tiers.length > 1 ? "from " : ""}${dollars(lowest.price)} ${lowest.priceMethod === "cps" ? "a second" : perUnit(lowest.priceMethod)}`;
}

export function modelPath(model: Pick<Tool, "cleanslugowner" | "cleanslugproject">): string {
  return `/models/${model.cleanslugowner}/${model.cleanslugproject}`;
}

export type Kind = "video" | "audio" | "image" | "text" | "other";

/** What a model takes and makes, from its category (`image-to-video`), as a word for a plain picture. */
export function kindOf(model: Tool): Kind {
  const made = model.categories.map((name) => name.split("-to-")[1]).find(Boolean);
  return made === "video" || made === "audio" || made === "image" || made === "text" ? made : "other";
}

/** `text-to-audio` → `Text to audio`. */
export function categoryTitle(name: string): string {
  const words = name.replaceAll("-", " ").replace(/\b(llm|tts|ocr|3d)\b/g, (word) => word.toUpperCase());
  return words.charAt(0).toUpperCase() + words.slice(1);
}
