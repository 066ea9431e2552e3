/** The account's audit log: what was done to it, its keys and its money, by whom and from where. */
import { type AuditEntry, AuditListResponse } from "@modelyard/contract";
import { timeWords } from "../history/snippet.ts";
import { usePages } from "../session/use-pages.ts";
import { CsvButton } from "../ui/csv-button.tsx";
import { type Column, LongText } from "../ui/table.tsx";
import { DashboardFrame } from "./dashboard-frame.tsx";
import { PagedTable } from "./paged-table.tsx";

export function ActivityPage() {
  return (
    <DashboardFrame
      title="Activity"
      lead="What was done to your account, its keys and its money. Entries cannot be changed or taken away."
    >
      <AuditTable path="Audit/List" />
    </DashboardFrame>
  );
}

/** `account:<uuid>` and `key:<id>` in words. */
function actorWords(actor: string): string {
  const [kind, id = ""] = actor.split(":");
  if (kind === "account") return `account ${id.slice(0, 8)}`;
  return kind === "key" ? `key ${id}` : actor;
}

const COLUMNS: readonly Column<AuditEntry>[] = [
  { title: "When", cell: ({ time }) => <span className="whitespace-nowrap">{timeWords(time)}</span> },
  { title: "What", cell: ({ action }) => <span className="font-semibold">{action}</span> },
  { title: "Of", cell: ({ target }) => <LongText>{target || "–"}</LongText> },
  { title: "Outcome", cell: ({ outcome }) => <LongText>{outcome}</LongText> },
  { title: "By", cell: ({ actor }) => <span className="whitespace-nowrap">{actorWords(actor)}</span> },
  { title: "From", cell: ({ ip }) => ip || "–" },
];

/** An audit log: the account's own, or the operators'. */
export function AuditTable({ path }: { path: "Audit/List" | "Admin/AuditLog" }) {
  const pages = usePages(path, async (client, cursor) => {
    const { entries, next } = await client.ask(path, { cursor }, AuditListResponse);
    return { rows: entries, next };
  });
  return (
    <PagedTable
      label="Audit log"
      pages={pages}
      columns={COLUMNS}
      keyOf={({ id }) => id}
      empty="Nothing has been done yet."
      aside={<CsvButton path={path} fields={{}} name="audit-log.csv" />}
    />
  );
}
