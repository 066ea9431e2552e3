/** All runs of the account: narrowed by what stands in the address, stopped one by one, some, or all. */
import { type Task, TaskTagListResponse, taskOutcome } from "@modelyard/contract";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { counted } from "../catalogue/describe.ts";
import { MOST_RUNS } from "../compare/differences.ts";
import { DashboardFrame } from "../dashboard/dashboard-frame.tsx";
import { useSession } from "../session/session-provider.tsx";
import { Loading } from "../session/signed-in.tsx";
import { useAnswer } from "../session/use-answer.ts";
import { Button, buttonClass } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { toast } from "../ui/toast.tsx";
import { VirtualList } from "../ui/virtual-list.tsx";
import { HistoryFilters } from "./history-filters.tsx";
import { type HistorySearch, isNarrowed, taskQuery } from "./history-search.ts";
import { RunRow } from "./run-row.tsx";
import { useRuns } from "./use-runs.ts";

const route = getRouteApi("/runs");

export function HistoryPage() {
  const search = route.useSearch();
  return (
    <DashboardFrame title="Runs" lead="What your account and its keys have run, newest first." what="your runs">
      <Kinds current={search.kind} />
      {search.kind === "trains" ? <Trains /> : <History search={search} />}
    </DashboardFrame>
  );
}

/** What the history is of: the API knows runs of models, and trainings, of which this server has none. */
function Kinds({ current }: { current: HistorySearch["kind"] }) {
  const kinds = [
    { label: "Runs", kind: undefined },
    { label: "Trains", kind: "trains" },
  ] as const;
  return (
    <nav aria-label="Kind" className="mb-4 border-b border-line">
      <ul className="flex gap-1">
        {kinds.map(({ label, kind }) => (
          <li key={label}>
            <Link
              to="/runs"
              search={kind ? { kind } : {}}
              aria-current={kind === current ? "page" : undefined}
              activeOptions={{ exact: true }}
              className={`inline-block border-b-2 px-3 py-2 ${kind === current ? "border-signal font-semibold" : "border-transparent text-soft hover:text-ink"}`}
            >
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Trains() {
  return (
    <EmptyState
      sentence="Nothing was trained: no model on this server can be trained. Every model can be run."
      action={
        <Link to="/models" className={buttonClass("primary")}>
          Choose a model
        </Link>
      }
    />
  );
}

function History({ search }: { search: HistorySearch }) {
  const projects = useAnswer("projects", (client) => client.projects());
  const known = projects.answer.state === "there" ? projects.answer.data : [];
  const tags = useAnswer("tags", (client) => client.ask("Task/TagList", {}, TaskTagListResponse));
  const { total, taskAt, loaded, show, problem, isAsking, refresh } = useRuns(taskQuery(search));
  const rowHeight = useRowHeight();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const stop = useStop(refresh);
  const active = loaded.filter((task) => taskOutcome(task) === "active");
  const compared = [...chosen].slice(0, MOST_RUNS);
  const selected = active.filter(({ id }) => chosen.has(id));
  const choose = (id: string, on: boolean) =>
    setChosen((before) => new Set(on ? [...before, id] : [...before].filter((other) => other !== id)));

  return (
    <>
      <HistoryFilters
        search={search}
        projects={known}
        tags={tags.answer.state === "there" ? tags.answer.data.tags : []}
      />
      {problem !== undefined && (
        <div
          role="alert"
          className="mt-5 flex flex-wrap items-center gap-3 rounded-md bg-bad-wash px-4 py-2.5 text-bad"
        >
          {problem}
          <Button size="small" onClick={refresh}>
            Try again
          </Button>
        </div>
      )}
      <div className="mt-6 mb-3 flex min-h-8 flex-wrap items-center gap-3">
        <p role="status" className="text-sm text-soft tabular-nums">
          {total !== undefined ? counted(total, "run") : problem === undefined ? "Looking …" : ""}
        </p>
        <span className="ml-auto" />
        {compared.length > 1 && (
          <Link
            to="/compare"
            search={{ runs: compared.join(",") } as never}
            preload={false}
            className={buttonClass("plain", "small")}
          >
            Compare {compared.length} chosen
          </Link>
        )}
        {selected.length > 0 && (
          <Button look="danger" size="small" onClick={() => stop(selected)}>
            Stop {counted(selected.length, "chosen run")}
          </Button>
        )}
        {active.length > 1 && selected.length === 0 && (
          <Button look="danger" size="small" onClick={() => stop(active)}>
            Stop all {active.length} shown
          </Button>
        )}
      </div>
      <h2 className="sr-only">List of runs</h2>
      {total === undefined && problem === undefined && <Loading />}
      {total === 0 && <Nothing search={search} />}
      {total !== undefined && total > 0 && (
        <VirtualList
          count={total}
          rowHeight={rowHeight}
          onShow={show}
          isBusy={isAsking}
          row={(index) => {
            const task = taskAt(index);
            if (!task) return <span className="h-4 w-48 rounded bg-sunk" />;
            return (
              <RunRow
                task={task}
                project={known.find(({ id }) => id === task.projectid)?.name}
                isChosen={chosen.has(task.id)}
                onChoose={(on) => choose(task.id, on)}
                onStop={() => stop([task])}
              />
            );
          }}
        />
      )}
    </>
  );
}

/** Pixels of a row: on a small window its parts stand below each other. */
const ROW = { wide: 76, narrow: 124 } as const;
const WIDE = "(min-width: 48rem)";

function useRowHeight(): number {
  const [isWide, setWide] = useState(() => matchMedia(WIDE).matches);
  useEffect(() => {
    const query = matchMedia(WIDE);
    const look = () => setWide(query.matches);
    query.addEventListener("change", look);
    return () => query.removeEventListener("change", look);
  }, []);
  return isWide ? ROW.wide : ROW.narrow;
}

/** Stops runs one after the other: each is the API's own answer. */
function useStop(done: () => void) {
  const session = useSession();
  return (tasks: readonly Task[]) =>
    void (async () => {
      const { clientFor } = await import("../run/client.ts");
      const client = clientFor(session);
      let stopped = 0;
      for (const { id } of tasks) {
        try {
          await client.kill({ taskid: id });
          stopped++;
        } catch {
          // It had ended before; the list says so in a moment.
        }
      }
      if (stopped > 0) toast(`${counted(stopped, "run")} stopped.`);
      else toast("Nothing was stopped: it had ended already, or the server did not answer.", "bad");
      done();
    })();
}

function Nothing({ search }: { search: HistorySearch }) {
  if (isNarrowed(search))
    return (
      <EmptyState
        sentence="No run fits these filters."
        action={
          <Link to="/runs" search={{}} className={buttonClass("plain")}>
            Clear the filters
          </Link>
        }
      />
    );
  return (
    <EmptyState
      sentence="Nothing has run yet. Every run of yours is kept here, whether it is started on this site or by a program."
      action={
        <Link to="/models" className={buttonClass("primary")}>
          Choose a model
        </Link>
      }
    />
  );
}
