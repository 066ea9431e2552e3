/** What was spent, by day, model, project, key, member or run; its state is its address. */
import { type StatementLine, StatementResponse } from "@modelyard/contract";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { timeWords } from "../history/snippet.ts";
import { Answered } from "../session/answered.tsx";
import { useSession } from "../session/session-provider.tsx";
import { useAction } from "../session/use-action.ts";
import { useAnswer } from "../session/use-answer.ts";
import { Button, buttonClass } from "../ui/button.tsx";
import { CsvButton } from "../ui/csv-button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { exactDigits, money } from "../ui/money-words.ts";
import { ProblemNote } from "../ui/problem-note.tsx";
import { type Column, Table } from "../ui/table.tsx";
import { DashboardFrame } from "./dashboard-frame.tsx";
import { DayChart } from "./day-chart.tsx";
import { Figure } from "./figure.tsx";
import { daysBetween, readUsageSearch, STATEMENTS, type UsageSearch } from "./usage-search.ts";

type By = (typeof STATEMENTS)[number];

export function UsagePage() {
  return (
    <DashboardFrame
      title="Usage"
      lead="What your runs have cost. Only runs that succeeded are in it: the others are free."
    >
      <Usage search={readUsageSearch(useSearch({ strict: false }))} />
    </DashboardFrame>
  );
}

const LABELS: Record<By, string> = {
  day: "Day",
  model: "Model",
  project: "Project",
  key: "Key",
  member: "Member",
  task: "Run",
};

/** Lines that are asked for at a time: a year of days. */
const PAGE = 400;

function Usage({ search }: { search: UsageSearch }) {
  const session = useSession();
  // Only an organisation has members.
  const hasMembers = session.state === "in" && session.acting !== undefined;
  const by = search.by === undefined || (search.by === "member" && !hasMembers) ? "day" : search.by;
  const fields = { by, from: search.from, to: search.to };
  const key = JSON.stringify(fields);
  const found = useAnswer(`usage ${key}`, (client) =>
    client.ask("Wallet/Statement", { ...fields, limit: PAGE }, StatementResponse),
  );
  return (
    <div className="grid gap-5">
      <Choices search={search} by={by} hasMembers={hasMembers} />
      <Answered of={found}>{(statement) => <Statement key={key} statement={statement} fields={fields} />}</Answered>
    </div>
  );
}

function Choices({ search, by, hasMembers }: { search: UsageSearch; by: By; hasMembers: boolean }) {
  const navigate = useNavigate();
  return (
    <search className="flex flex-wrap items-end gap-x-6 gap-y-3">
      <nav aria-label="Listed by">
        <ul className="flex flex-wrap gap-2">
          {STATEMENTS.filter((name) => name !== "member" || hasMembers).map((name) => (
            <li key={name}>
              <Link
                to="."
                search={{ ...search, by: name === "day" ? undefined : name } as never}
                resetScroll={false}
                aria-current={by === name ? "true" : undefined}
                className={`inline-flex min-h-8 items-center rounded-full border px-3 text-sm ${by === name ? "border-signal bg-signal-wash font-semibold" : "border-line bg-card hover:border-edge"}`}
              >
                By {LABELS[name].toLowerCase()}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <form
        className="flex flex-wrap items-end gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          const sent = readUsageSearch(Object.fromEntries(new FormData(event.currentTarget)));
          void navigate({ to: ".", search: { ...sent, by: search.by } as never, replace: true, resetScroll: false });
        }}
      >
        <label className="grid gap-1">
          <span className="text-sm text-soft">From (UTC)</span>
          <input type="date" name="from" className="field w-auto" defaultValue={search.from} />
        </label>
        <label className="grid gap-1">
          <span className="text-sm text-soft">To</span>
          <input type="date" name="to" className="field w-auto" defaultValue={search.to} />
        </label>
        <Button type="submit">Apply</Button>
      </form>
    </search>
  );
}

function Statement({
  statement,
  fields,
}: {
  statement: StatementResponse;
  fields: { by: By; from: string | undefined; to: string | undefined };
}) {
  const [further, setFurther] = useState<{ lines: StatementLine[]; next: string }>();
  const { isBusy, problem, act } = useAction();
  const { from, to, total } = statement;
  const { by } = fields;
  const lines = [...statement.lines, ...(further?.lines ?? [])];
  const next = further?.next ?? statement.next;
  const more = () =>
    act(async (client) => {
      const page = await client.ask("Wallet/Statement", { ...fields, limit: PAGE, cursor: next }, StatementResponse);
      setFurther({ lines: [...(further?.lines ?? []), ...page.lines], next: page.next });
    });
  if (lines.length === 0)
    return (
      <EmptyState
        sentence={`Nothing was charged from ${from} to ${to}.`}
        action={
          <Link to="/models" className={buttonClass("plain")}>
            Choose a model
          </Link>
        }
      />
    );
  const runs = lines.reduce((sum, line) => sum + Number(line.runs), 0);
  const digits = exactDigits([total, ...lines.map(({ amount }) => amount)]);
  const byDay = new Map(lines.map((line) => [line.day, line]));
  return (
    <>
      <dl className="grid gap-4 sm:grid-cols-2">
        <Figure term={`Spent from ${from} to ${to}`} value={money(total, digits)} />
        <Figure term="Runs that were charged" value={next === "" ? runs : `${runs} and more`} />
      </dl>
      {by === "day" && (
        <DayChart
          days={daysBetween(from, to).map((day) => ({
            day,
            amount: byDay.get(day)?.amount ?? "0",
            runs: Number(byDay.get(day)?.runs ?? 0),
          }))}
        />
      )}
      <div className="justify-self-end">
        <CsvButton path="Wallet/Statement" fields={fields} name={`usage-by-${by}-${from}-${to}.csv`} />
      </div>
      <Table
        label={`Usage by ${LABELS[by].toLowerCase()}`}
        columns={columnsOf(by, Number(total), digits)}
        rows={lines}
        keyOf={(line) => JSON.stringify(line)}
      />
      <ProblemNote problem={problem} />
      {next !== "" && (
        <Button className="justify-self-center" disabled={isBusy} onClick={() => void more()}>
          Show more
        </Button>
      )}
    </>
  );
}

/** `digits`: of amounts, after the point. */
function columnsOf(by: By, total: number, digits: number): Column<StatementLine>[] {
  const what: Column<StatementLine>[] =
    by === "task"
      ? [
          { title: "When", cell: ({ time = "0" }) => timeWords(time) },
          {
            title: "Run",
            cell: ({ taskid = "" }) => (
              <Link to="/runs/$id" params={{ id: taskid }} preload={false} className="link">
                {taskid}
              </Link>
            ),
          },
          { title: "Model", cell: ({ model }) => model ?? "–" },
        ]
      : [{ title: LABELS[by], cell: (line) => nameOf(by, line) }];
  return [
    ...what,
    ...(by === "task" || by === "day"
      ? []
      : [{ title: "Share", cell: ({ amount }: StatementLine) => <Share of={Number(amount) / total} /> }]),
    ...(by === "task" ? [] : [{ title: "Runs", cell: ({ runs }: StatementLine) => runs, isNumber: true }]),
    { title: "Amount", cell: ({ amount }) => money(amount, digits), isNumber: true },
  ];
}

function nameOf(by: By, line: StatementLine): string {
  if (by === "day") return line.day ?? "–";
  if (by === "model") return line.model ?? "–";
  if (by === "member")
    return line.memberid === "0" ? "By a key" : line.member || `Member ${line.memberid}, who has left`;
  if (by === "project") return line.project ?? `Project ${line.projectid}`;
  return line.keyid === "0" ? "Runs on this site" : line.key || `Key ${line.keyid}`;
}

function Share({ of }: { of: number }) {
  return (
    <span className="flex items-center gap-2 tabular-nums">
      <svg viewBox="0 0 100 6" preserveAspectRatio="none" className="h-2 w-28 rounded-full" aria-hidden="true">
        <rect width="100" height="6" className="fill-line" />
        <rect width={of * 100} height="6" className="fill-signal" />
      </svg>
      {Math.round(of * 100)} %
    </span>
  );
}
