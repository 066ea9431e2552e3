/** The operators' own log, and the auditor that derives tasks and money anew from the stored rows. */
import { AuditRunResponse } from "@modelyard/contract";
import { useState } from "react";
import { AuditTable } from "../dashboard/activity-page.tsx";
import { useAction } from "../session/use-action.ts";
import { Button } from "../ui/button.tsx";
import { Panel } from "../ui/panel.tsx";
import { ProblemNote } from "../ui/problem-note.tsx";
import { AdminFrame } from "./admin-frame.tsx";

export function AuditPage() {
  return (
    <AdminFrame title="Audit" lead="Whether everything that is stored adds up, and what operators have done.">
      <div className="grid gap-6">
        <Auditor />
        <section aria-labelledby="log-title">
          <h2 id="log-title" className="mb-3 text-lg">
            What operators did
          </h2>
          <AuditTable path="Admin/AuditLog" />
        </section>
      </div>
    </AdminFrame>
  );
}

function Auditor() {
  const [result, setResult] = useState<AuditRunResponse>();
  const { isBusy, problem, act } = useAction();
  const run = () =>
    act(async (client) => {
      setResult(await client.ask("Audit/Run", {}, AuditRunResponse));
    });
  return (
    <Panel
      title="Does it add up?"
      lead="Every task, hold, charge and balance is derived again from the raw rows. It reads all of them."
      aside={
        <Button size="small" disabled={isBusy} onClick={() => void run()}>
          {isBusy ? "Looking …" : "Look now"}
        </Button>
      }
    >
      <div role="status" className="grid gap-3">
        <ProblemNote problem={problem} />
        {result === undefined && problem === undefined && <p className="text-soft">Not looked at on this page yet.</p>}
        {result?.faults.length === 0 && (
          <p className="text-good">Everything adds up. It took {Number(result.seconds).toFixed(1)} s.</p>
        )}
        {result && result.faults.length > 0 && (
          <ul className="grid gap-2">
            {result.faults.map(({ subject, message }) => (
              <li key={`${subject} ${message}`} className="rounded-md bg-bad-wash px-4 py-2 wrap-anywhere text-bad">
                <b className="font-semibold">{subject}</b>: {message}
              </li>
            ))}
          </ul>
        )}
      </div>
    </Panel>
  );
}
