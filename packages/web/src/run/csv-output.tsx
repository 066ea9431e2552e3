/** The first rows of a table of values. No more of the file is fetched than they may need. */
import type { OutputFile } from "@modelyard/contract";
import { useEffect, useState } from "react";
import { Table } from "../ui/table.tsx";
import { type CsvHead, readCsv } from "./csv.ts";
import { Unreadable } from "./unreadable.tsx";

/** Bytes of the file that are read. */
const READ = 256 * 1024;
/** Letters of one cell that are shown. */
const CELL = 200;

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
        setHead(readCsv(await response.text(), isCut) ?? "broken");
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
  const limits = [
    head.moreRows && `the first ${rows.length} rows`,
    head.moreColumns && `the first ${head.columns.length} columns`,
  ];
  const shown = limits.filter(Boolean).join(" and ");
  return (
    <div className="grid gap-2">
      <div className="max-h-96 overflow-y-auto">
        <Table
          label={`Table ${file.name}`}
          isData
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
