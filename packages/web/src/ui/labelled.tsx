import type { ReactNode } from "react";

/** A field with its name above it and, beside the name, what is to be known before filling it in. */
export function Labelled({ label, hint, children }: { label: string; hint?: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child
    <label className="grid content-start gap-1">
      <span className="font-semibold">
        {label}
        {hint !== undefined && <span className="ml-2 text-sm font-normal text-soft">{hint}</span>}
      </span>
      {children}
    </label>
  );
}
