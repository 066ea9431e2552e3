// biome-ignore-all lint/a11y/noRedundantRoles: without them Safari takes a table whose rows are blocks for plain text
import type { ReactNode } from "react";

export interface Column<Row> {
  title: string;
  cell: (row: Row) => ReactNode;
  /** Numbers stand at the right, so that digits are under each other. */
  isNumber?: boolean;
}

/** Text of any length in a cell: it breaks anywhere, and keeps room for some words of a line. */
export function LongText({ children }: { children: ReactNode }) {
  return <span className="block min-w-40 wrap-anywhere max-sm:min-w-0">{children}</span>;
}

/** On a phone each row is a block of lines, the column's title before what stands in it; it is read as the same table. */
const STACKED = {
  table: "max-sm:block",
  head: "max-sm:sr-only",
  row: "max-sm:grid max-sm:gap-1.5 max-sm:px-4 max-sm:py-3",
  cell: "max-sm:flex max-sm:justify-between max-sm:gap-4 max-sm:p-0 max-sm:text-right max-sm:before:shrink-0 max-sm:before:text-soft max-sm:before:content-[attr(data-title)_/_'']",
};

const AS_IS: typeof STACKED = { table: "", head: "", row: "", cell: "" };

/** A table in a box that scrolls by itself where the window is too small for it, and by keyboard. `isData`: of many columns, which stay side by side on a phone too. */
export function Table<Row>({
  label,
  columns,
  rows,
  keyOf,
  isData = false,
}: {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  isData?: boolean;
}) {
  const phone = isData ? AS_IS : STACKED;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section aria-label={label} tabIndex={0} className="overflow-x-auto rounded-lg border border-line bg-card">
      <table role="table" className={`w-full text-sm ${phone.table}`}>
        <thead role="rowgroup" className={phone.head}>
          <tr role="row" className="border-b border-line text-left text-soft">
            {columns.map(({ title, isNumber }) => (
              <th
                key={title}
                role="columnheader"
                scope="col"
                className={`px-4 py-2.5 font-normal whitespace-nowrap ${isNumber ? "text-right" : ""}`}
              >
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup" className={`divide-y divide-line ${phone.table}`}>
          {rows.map((row) => (
            <tr role="row" key={keyOf(row)} className={phone.row}>
              {columns.map(({ title, cell, isNumber }) => (
                <td
                  role="cell"
                  key={title}
                  data-title={title}
                  className={`px-4 py-2.5 align-top ${isNumber ? "text-right tabular-nums" : ""} ${phone.cell}`}
                >
                  <div className="max-sm:min-w-0">{cell(row)}</div>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
