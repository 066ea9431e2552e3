/** What visitors and members have reported, until it is dealt with. */
import { EmptyResponse, ReportListResponse, type VisitorReport } from "@modelyard/contract";
import { timeWords } from "../history/snippet.ts";
import { Answered } from "../session/answered.tsx";
import { useAction } from "../session/use-action.ts";
import { usePages } from "../session/use-pages.ts";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { ConfirmButton } from "../ui/confirm-button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { ProblemNote } from "../ui/problem-note.tsx";
import { AdminFrame } from "./admin-frame.tsx";

export function ReportsPage() {
  return (
    <AdminFrame title="Reports" lead="What was reported about models and comments. A closed report is not shown again.">
      <Reports />
    </AdminFrame>
  );
}

function Reports() {
  const pages = usePages("reports", async (client, cursor) => {
    const { reports: rows, next } = await client.ask("Report/List", { cursor }, ReportListResponse);
    return { rows, next };
  });
  return (
    <Answered of={pages.found}>
      {(first) => {
        const rows = pages.rows(first);
        const { more } = pages;
        if (rows.length === 0) return <EmptyState sentence="Nothing is reported." action={null} />;
        return (
          <div className="grid gap-3">
            <ul className="divide-y divide-line rounded-lg border border-line bg-card">
              {rows.map((report) => (
                <ReportItem key={report.id} report={report} onChanged={pages.found.reload} />
              ))}
            </ul>
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

function ReportItem({ report, onChanged }: { report: VisitorReport; onChanged: () => void }) {
  const { isBusy, problem, act } = useAction();
  const { id, model, reason, details, contact, time, comment } = report;
  const close = () =>
    act(async (client) => {
      await client.ask("Report/Close", { reportid: id }, EmptyResponse);
      onChanged();
    });
  return (
    <li className="grid gap-2 px-5 py-4">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <a href={`/models/${model}`} className="link font-semibold">
          {model}
        </a>
        <Badge tone="wait">{reason}</Badge>
        <span className="text-sm text-soft">{timeWords(time)}</span>
        {contact !== "" && <span className="text-sm wrap-anywhere">{contact}</span>}
      </p>
      <p className="whitespace-pre-wrap wrap-anywhere">{details}</p>
      {comment && (
        <blockquote className="border-l-2 border-edge pl-4 text-soft">
          <p className="whitespace-pre-wrap wrap-anywhere">{comment.text}</p>
          <p className="text-sm">
            {comment.name}, {comment.points} of 5
          </p>
        </blockquote>
      )}
      <ProblemNote problem={problem} />
      <div className="flex flex-wrap gap-2">
        <Button size="small" disabled={isBusy} aria-label={`Close report ${id}`} onClick={() => void close()}>
          Close
        </Button>
        {comment && (
          <ConfirmButton
            label="Remove the comment"
            title="Remove the comment"
            done="The comment is removed."
            act={async (client) => {
              await client.ask("Comment/Remove", { commentid: comment.id }, EmptyResponse);
              onChanged();
            }}
          >
            It goes with its points; its author may write another one.
          </ConfirmButton>
        )}
      </div>
    </li>
  );
}
