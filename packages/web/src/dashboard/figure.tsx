import type { ReactNode } from "react";

/** One number that matters, in a `dl`. */
export function Figure({ term, value, note }: { term: string; value: ReactNode; note?: ReactNode }) {
  return (
    <div className="min-w-0 rounded-lg border border-line bg-card px-4 py-3 sm:px-5 sm:py-4">
      <dt className="text-sm text-soft">{term}</dt>
      <dd className="mt-1 text-2xl font-semibold tracking-tight tabular-nums wrap-anywhere">{value}</dd>
      {note !== undefined && <dd className="text-sm text-soft">{note}</dd>}
    </div>
  );
}
