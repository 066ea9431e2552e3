/** The dashboard's first page: what is there, what goes on, and what was spent lately. */
import { StatementResponse, taskOutcome, WalletDetailResponse } from "@modelyard/contract";
import { Link } from "@tanstack/react-router";
import { OutcomeBadge } from "../history/outcome-badge.tsx";
import { snippet, timeWords } from "../history/snippet.ts";
import { Answered } from "../session/answered.tsx";
import { useAnswer } from "../session/use-answer.ts";
import { buttonClass } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { money } from "../ui/money-words.ts";
import { Panel } from "../ui/panel.tsx";
import { DashboardFrame } from "./dashboard-frame.tsx";
import { DayChart } from "./day-chart.tsx";
import { Figure } from "./figure.tsx";
import { daysBetween } from "./usage-search.ts";

export function OverviewPage() {
  return (
    <DashboardFrame title="Dashboard" lead="Your runs, keys and money at a glance.">
      <Overview />
    </DashboardFrame>
  );
}

/** Runs shown. */
const LATEST = 6;

function Overview() {
  const found = useAnswer("overview", async (client) => {
    const [wallet, statement, latest, projects] = await Promise.all([
      client.ask("Wallet/Detail", {}, WalletDetailResponse),
      client.ask("Wallet/Statement", { by: "day", limit: 400 }, StatementResponse),
      client.tasks({ limit: LATEST }),
      client.projects(),
    ]);
    return { wallet, statement, latest, projects };
  });
  return (
    <Answered of={found}>
      {({ wallet, statement, latest, projects }) => {
        const byDay = new Map(statement.lines.map((line) => [line.day, line]));
        return (
          <div className="grid gap-6">
            <dl className="grid grid-cols-2 gap-3 sm:gap-4 xl:grid-cols-4">
              <Figure
                term="Available"
                value={money(wallet.available)}
                note={
                  <Link to="/dashboard/wallet" className="link">
                    {wallet.payments ? "Top up" : "Wallet"}
                  </Link>
                }
              />
              <Figure
                term="Going on"
                value={wallet.active}
                note={
                  <Link to="/runs" search={{ status: "active" }} className="link">
                    {money(wallet.held)} set aside
                  </Link>
                }
              />
              <Figure
                term="Spent in 30 days"
                value={money(statement.total)}
                note={
                  <Link to="/dashboard/usage" className="link">
                    Where it went
                  </Link>
                }
              />
              <Figure
                term="Projects"
                value={projects.length}
                note={
                  <Link to="/dashboard/projects" className="link">
                    Keys
                  </Link>
                }
              />
            </dl>
            {statement.lines.length > 0 && (
              <DayChart
                days={daysBetween(statement.from, statement.to).map((day) => ({
                  day,
                  amount: byDay.get(day)?.amount ?? "0",
                  runs: Number(byDay.get(day)?.runs ?? 0),
                }))}
              />
            )}
            {latest.tasks.length === 0 ? (
              <EmptyState
                sentence="Nothing has run yet. Try a model here, or call one with a project's key."
                action={
                  <Link to="/models" className={buttonClass("primary")}>
                    Choose a model
                  </Link>
                }
              />
            ) : (
              <Panel
                title="Latest runs"
                aside={
                  <Link to="/runs" className="link text-sm">
                    All {latest.total}
                  </Link>
                }
              >
                <ul className="-my-3 divide-y divide-line">
                  {latest.tasks.map((task) => (
                    <li key={task.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-3">
                      <div className="min-w-0 grow basis-60">
                        <Link
                          to="/runs/$id"
                          params={{ id: task.id }}
                          preload={false}
                          className="font-semibold hover:underline"
                          aria-label={`Run ${task.id} of ${task.modelslugowner}/${task.modelslugproject}`}
                        >
                          {task.modelslugowner}/{task.modelslugproject}
                        </Link>
                        <p className="truncate text-sm text-soft">{snippet(task.parameters) || "No inputs"}</p>
                      </div>
                      <span className="text-sm text-soft tabular-nums">{timeWords(task.createtime)}</span>
                      {taskOutcome(task) === "done" && (
                        <span className="text-sm text-soft tabular-nums">{money(task.totalcost)}</span>
                      )}
                      <OutcomeBadge task={task} />
                    </li>
                  ))}
                </ul>
              </Panel>
            )}
          </div>
        );
      }}
    </Answered>
  );
}
