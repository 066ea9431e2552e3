import type { ReactNode } from "react";

export interface Column<Row> {
  title: string;
  cell: (row: Row) => ReactNode;
  /** Numbers stand at the right, so that digits are under each other. */
  isNumber?: boolean;
}

/** Text of any length in a cell: it breaks anywhere, and keeps room for some words of a line. */
export function LongText({ children }: { children: ReactNode }) {
  return <span className="block min-w-40 wrap-anywhere">{children}</span>;
}

/** A table in a box that scrolls by itself on a small window, and by keyboard. */
export function Table<Row>({
  label,
  columns,
  rows,
  keyOf,
}: {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section aria-label={label} tabIndex={0} className="overflow-x-auto rounded-lg border border-line bg-card">
      <table className="w-full text-sm">
        <thead>
          <tr className="border-b border-line text-left text-soft">
            {columns.map(({ title, isNumber }) => (
              <th
                key={title}
                scope="col"
                className={`px-4 py-2.5 font-normal whitespace-nowrap ${isNumber ? "text-right" : ""}`}
              >
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map(({ title, cell, isNumber }) => (
                <td key={title} className={`px-4 py-2.5 align-top ${isNumber ? "text-right tabular-nums" : ""}`}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
