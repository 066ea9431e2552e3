import { type ReactNode, useId } from "react";

/** A named part of a page, on a card of its own; `aside` stands at the right of its name. */
export function Panel({
  title,
  lead,
  aside,
  children,
}: {
  title: string;
  lead?: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="min-w-0 rounded-lg border border-line bg-card">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line px-5 py-3">
        <div className="min-w-0 grow">
          <h2 id={id} className="text-lg">
            {title}
          </h2>
          {lead !== undefined && <p className="mt-0.5 text-sm text-soft">{lead}</p>}
        </div>
        {aside}
      </div>
      <div className="p-5">{children}</div>
    </section>
  );
}
