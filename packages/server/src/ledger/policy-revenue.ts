/** How what a run costs is divided. Pure. */
import type { Money } from "@modelyard/contract";

/** A share is counted in parts of this. */
export const WHOLE = 10_000;

/** Owner of what is left of a capture when its publisher has got its share. */
export const PLATFORM = "platform";

/** "0.7" → 7000; undefined where it is no share. */
export function readShare(raw: unknown): number | undefined {
  const text = typeof raw === "number" || typeof raw === "string" ? String(raw).trim() : "";
  if (!/^(0(\.\d{1,4})?|1(\.0{1,4})?|\.\d{1,4})$/.test(text)) return undefined;
  return Math.round(Number(text) * WHOLE);
}

export function shareText(share: number): string {
  return String(share / WHOLE);
}

/** The publisher's part is rounded down to a nano-dollar. */
export function divide(amount: Money, share: number): { publisher: Money; platform: Money } {
  const publisher = (amount * BigInt(share)) / BigInt(WHOLE);
  return { publisher, platform: amount - publisher };
}
