import type { SpendCap } from "@modelyard/contract";
import { capShare, capWords } from "./cap-words.ts";

/** How much of a spend cap is used, as a bar and in words. */
export function CapMeter({ cap, label }: { cap: SpendCap; label: string }) {
  const share = capShare(cap);
  const tone = share >= 1 ? "fill-bad" : share >= 0.8 ? "fill-wait" : "fill-signal";
  return (
    <div className="grid max-w-72 gap-1 text-sm">
      <span className="text-soft">
        {label}: {capWords(cap)}
      </span>
      <svg viewBox="0 0 100 4" preserveAspectRatio="none" className="h-1.5 w-full rounded-full" aria-hidden="true">
        <rect width="100" height="4" className="fill-line" />
        <rect width={share * 100} height="4" className={tone} />
      </svg>
    </div>
  );
}
