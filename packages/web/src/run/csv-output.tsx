/** The first rows of a table of values. No more of the file is fetched than they may need. */
import type { OutputFile } from "@modelyard/contract";
import Papa from "papaparse";
import { useEffect, useState } from "react";
import { Table } from "../ui/table.tsx";
import { Unreadable } from "./unreadable.tsx";

/** Bytes of the file that are read. */
const READ = 256 * 1024;
const ROWS = 50;
const COLUMNS = 40;
/** Letters of one cell that are shown. */
const CELL = 200;

export interface CsvHead {
  columns: string[];
  rows: string[][];
  /** There is more than this: rows, or columns. */
  moreRows: boolean;
  moreColumns: boolean;
}

/** The head of a table. `isCut`: the text is only the beginning, so its last row may be. Undefined where it is no table. Pure. */
export function readCsv(text: string, isCut: boolean): CsvHead | undefined {
  const { data, errors } = Papa.parse<string[]>(text, { skipEmptyLines: true, preview: ROWS + 2 });
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

export function CsvOutput({ file }: { file: OutputFile }) {
  const [head, setHead] = useState<CsvHead | "broken">();
  useEffect(() => {
    const abort = new AbortController();
    void (async () => {
      try {
        const isCut = Number(file.size) > READ;
        const range = isCut ? { range: `bytes=0-${READ - 1}` } : undefined;
        const response = await fetch(file.url, { signal: abort.signal, ...(range ? { headers: range } : {}) });
        if (!response.ok) throw new Error(String(response.status));
        setHead(readCsv((await response.text()).replace(/^\ufeff/, ""), isCut) ?? "broken");
      } catch {
        if (!abort.signal.aborted) setHead("broken");
      }
    })();
    return () => abort.abort();
  }, [file]);
  if (head === "broken") return <Unreadable why="It cannot be read as a table." />;
  if (!head) return <p className="rounded-md bg-sunk px-4 py-8 text-center text-soft">Reading the table …</p>;
  const isNumber = head.columns.map((_, index) =>
    head.rows.every((row) => row[index] === "" || Number.isFinite(Number(row[index]))),
  );
  const rows = head.rows.map((cells, index) => ({ index, cells }));
  const limits = [head.moreRows && `the first ${rows.length} rows`, head.moreColumns && `the first ${COLUMNS} columns`];
  const shown = limits.filter(Boolean).join(" and ");
  return (
    <div className="grid gap-2">
      <div className="max-h-96 overflow-y-auto">
        <Table
          label={`Table ${file.name}`}
          columns={head.columns.map((title, index) => ({
            title: title === "" ? `Column ${index + 1}` : title,
            cell: ({ cells }: { cells: string[] }) => {
              const cell = cells[index] ?? "";
              return cell.length > CELL ? `${cell.slice(0, CELL)} …` : cell;
            },
            isNumber: isNumber[index] ?? false,
          }))}
          rows={rows}
          keyOf={({ index }) => String(index)}
        />
      </div>
      {shown !== "" && <p className="text-sm text-soft">Shown are {shown}.</p>}
    </div>
  );
}
