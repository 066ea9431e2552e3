import type { ReactNode } from "react";

/** Why there is nothing to see; the download stands below. */
export function PdfProblemNote({ children }: { children: ReactNode }) {
  return (
    <p role="status" className="rounded-md bg-sunk px-6 py-10 text-center text-soft">
      {children}
    </p>
  );
}
