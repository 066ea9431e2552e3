import { exactDigits, money } from "./money-words.ts";
import type { Column } from "./table.tsx";

/** A column of a ledger: each amount with so many digits that none of `rows` is cut, so that its lines add up. */
export function amountColumn<Row>(title: string, rows: readonly Row[], amountOf: (row: Row) => string): Column<Row> {
  const digits = exactDigits(rows.map(amountOf));
  return { title, cell: (row) => money(amountOf(row), digits), isNumber: true };
}
