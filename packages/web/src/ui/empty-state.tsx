import type { ReactNode } from "react";

/** One sentence and one action; never a bare "no results". */
export function EmptyState({ sentence, action }: { sentence: string; action: ReactNode }) {
  return (
    <div className="grid justify-items-center gap-4 rounded-lg border border-dashed border-edge px-6 py-14 text-center">
      <p className="max-w-md text-soft">{sentence}</p>
      {action}
    </div>
  );
}
