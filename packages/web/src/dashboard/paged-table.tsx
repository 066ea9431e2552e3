import type { ReactNode } from "react";
import { Answered } from "../session/answered.tsx";
import type { UsePages } from "../session/use-pages.ts";
import { Button } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { ProblemNote } from "../ui/problem-note.tsx";
import { type Column, Table } from "../ui/table.tsx";

/** A table that grows by a page at a time. */
export function PagedTable<Row>({
  label,
  pages,
  columns,
  keyOf,
  empty,
  emptyAction = null,
  aside,
}: {
  label: string;
  pages: UsePages<Row>;
  /** Or what makes them of the rows that are there. */
  columns: readonly Column<Row>[] | ((rows: readonly Row[]) => readonly Column<Row>[]);
  keyOf: (row: Row) => string;
  /** Said where there is nothing. */
  empty: string;
  emptyAction?: ReactNode;
  /** Above the table, where it has rows. */
  aside?: ReactNode;
}) {
  return (
    <Answered of={pages.found}>
      {(first) => {
        const rows = pages.rows(first);
        if (rows.length === 0) return <EmptyState sentence={empty} action={emptyAction} />;
        const { more } = pages;
        return (
          <div className="grid gap-3">
            {aside !== undefined && <div className="justify-self-end">{aside}</div>}
            <Table
              label={label}
              columns={typeof columns === "function" ? columns(rows) : columns}
              rows={rows}
              keyOf={keyOf}
            />
            <ProblemNote problem={pages.problem} />
            {more && (
              <Button className="justify-self-center" disabled={pages.isBusy} onClick={() => more(first)}>
                Show more
              </Button>
            )}
          </div>
        );
      }}
    </Answered>
  );
}
