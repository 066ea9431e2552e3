/** The head of a table of values (RFC 4180, and what spreadsheets make of it). Pure. */
import Papa from "papaparse";

const ROWS = 50;
const COLUMNS = 40;

export interface CsvHead {
  columns: string[];
  rows: string[][];
  /** There is more than this: rows, or columns. */
  moreRows: boolean;
  moreColumns: boolean;
}

/** The head of a table. `isCut`: the text is only the beginning, so its last row may be. Undefined where it is no table. Pure. */
export function readCsv(text: string, isCut: boolean): CsvHead | undefined {
  const { data, errors } = Papa.parse<string[]>(text.replace(/^\ufeff/, ""), {
    skipEmptyLines: true,
    preview: ROWS + 2,
  });
  const whole = isCut && data.length < ROWS + 2 ? data.slice(0, -1) : data;
  const [columns, ...rows] = whole;
  const isBroken = errors.some(({ type, row = 0 }) => type === "Quotes" && row < whole.length);
  // One column without a separator is a text.
  if (!columns || columns.length < 2 || isBroken) return undefined;
  return {
    columns: columns.slice(0, COLUMNS),
    rows: rows.slice(0, ROWS).map((row) => columns.slice(0, COLUMNS).map((_, index) => row[index] ?? "")),
    moreRows: rows.length > ROWS || isCut,
    moreColumns: columns.length > COLUMNS,
  };
}
