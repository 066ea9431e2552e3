/** Several runs side by side: what they were given, where it differs, and what they made. Their ids are the address. */
import { type Task, taskOutcome } from "@modelyard/contract";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { duration } from "../catalogue/describe.ts";
import { OutcomeBadge } from "../history/outcome-badge.tsx";
import { timeWords } from "../history/snippet.ts";
import { Outputs } from "../run/outputs.tsx";
import { Answered } from "../session/answered.tsx";
import { Loading, SignedIn } from "../session/signed-in.tsx";
import { Button, buttonClass } from "../ui/button.tsx";
import { dollars } from "../ui/dollars.ts";
import { EmptyState } from "../ui/empty-state.tsx";
import { ScrollingText } from "../ui/scrolling-text.tsx";
import { AddRun } from "./add-run.tsx";
import { gridRows, MOST_RUNS, modelOf, readRuns } from "./differences.ts";
import { InputsTable } from "./inputs-table.tsx";
import { LayOver } from "./lay-over.tsx";
import { MOST_AT_ONCE } from "./several.ts";
import { useCompared } from "./use-compared.ts";

export function ComparePage() {
  const ids = readRuns((useSearch({ strict: false }) as { runs?: unknown }).runs);
  return (
    <>
      <p className="mb-2 text-sm">
        <Link to="/runs" className="link">
          All runs
        </Link>
      </p>
      <h1 className="text-3xl">Compare runs</h1>
      <p className="mt-1 mb-6 max-w-2xl text-soft">
        The same inputs on several models, or one model with other settings: up to {MOST_RUNS} runs beside each other.
      </p>
      <SignedIn what="your runs">
        <Compare ids={ids} />
      </SignedIn>
    </>
  );
}

const GONE = "This run is not one of yours, or it is gone.";

function Compare({ ids }: { ids: readonly number[] }) {
  const navigate = useNavigate();
  const found = useCompared(ids);
  const show = (next: readonly number[]) =>
    void navigate({ to: ".", search: { runs: next.join(",") } as never, replace: true, resetScroll: false });
  const takeOut = (id: number) => show(ids.filter((other) => other !== id));
  if (ids.length === 0)
    return <Empty sentence="No run is chosen. Tick some in the list of runs, and compare them." action="Choose runs" />;
  return (
    <Answered of={found}>
      {(known) => {
        const tasks = ids.flatMap((id) => known.get(id) ?? []).filter((task) => task !== "gone");
        const gone = ids.filter((id) => known.get(id) === "gone");
        const waits = ids.length - tasks.length - gone.length;
        const [first] = tasks;
        if (gone.length === ids.length)
          return (
            <Empty
              sentence={gone.length === 1 ? GONE : "None of these runs is one of yours, or they are gone."}
              action="All runs"
            />
          );
        const room = Math.min(MOST_AT_ONCE, MOST_RUNS - ids.length);
        const add = first && room > 0 && (
          <AddRun
            key={`add ${first.id}`}
            like={first}
            room={room}
            onStarted={(started) => show([...ids, ...started.map(Number)])}
          />
        );
        const isOne = ids.length === 1;
        return (
          <div className={`grid gap-8 *:min-w-0 ${isOne ? "lg:grid-cols-2 lg:items-start" : ""}`}>
            {gone.length > 0 && <Gone key="gone" ids={gone} onRemove={takeOut} />}
            <Runs key="runs" tasks={tasks} waits={waits} onRemove={takeOut} />
            {/* Beside a run that stands alone, for that is what its visitor came for. */}
            {isOne && add}
            <LayOver key="over" tasks={tasks} />
            {!isOne && <InputsTable key="inputs" tasks={tasks} />}
            {!isOne && add}
          </div>
        );
      }}
    </Answered>
  );
}

function Empty({ sentence, action }: { sentence: string; action: string }) {
  return (
    <EmptyState
      sentence={sentence}
      action={
        <Link to="/runs" className={buttonClass("primary")}>
          {action}
        </Link>
      }
    />
  );
}

function Gone({ ids, onRemove }: { ids: readonly number[]; onRemove: (id: number) => void }) {
  return (
    <ul className="grid gap-2">
      {ids.map((id) => (
        <li key={id} className="flex flex-wrap items-center gap-3 rounded-md bg-wait-wash px-4 py-2.5 text-wait">
          Run {id}: {GONE}
          <Button size="small" aria-label={`Take out run ${id}`} onClick={() => onRemove(id)}>
            Take out
          </Button>
        </li>
      ))}
    </ul>
  );
}

/** Beside each other; several runs of several models as a grid, each model a row. `waits`: runs that are still asked for. */
function Runs({ tasks, waits, onRemove }: { tasks: readonly Task[]; waits: number; onRemove: (id: number) => void }) {
  const rows = gridRows(tasks);
  return (
    <div className="grid gap-6 *:min-w-0">
      {rows.map((row, index) => (
        <section
          key={row[0]?.id}
          aria-label={rows.length > 1 ? `Runs of ${modelOf(row[0])}` : "Runs"}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
          tabIndex={0}
          className="overflow-x-auto"
        >
          <div className="flex gap-5 *:min-w-72 *:flex-1">
            {row.map((task) => (
              <Column key={task.id} task={task} onRemove={() => onRemove(Number(task.id))} />
            ))}
            {index === rows.length - 1 && waits > 0 && <Loading />}
          </div>
        </section>
      ))}
    </div>
  );
}

function Column({ task, onRemove }: { task: Task; onRemove: () => void }) {
  const { modelslugowner: owner, modelslugproject: model } = task;
  const texts = task.outputs.flatMap((output) => ("content" in output ? [output.content] : []));
  const isOver = taskOutcome(task) !== "active";
  return (
    <article aria-label={`Run ${task.id}`} className="min-w-0 rounded-lg border border-line bg-card">
      <div className="grid gap-1 border-b border-line px-5 py-3">
        <h2 className="flex flex-wrap items-center justify-between gap-2 text-base wrap-anywhere">
          <Link to="/models/$owner/$model" params={{ owner, model }} className="link">
            {owner}/{model}
          </Link>
          <OutcomeBadge task={task} />
        </h2>
        <p className="flex flex-wrap gap-x-3 text-sm text-soft tabular-nums">
          <Link to="/runs/$id" params={{ id: task.id }} preload={false} className="link">
            Run {task.id}
          </Link>
          <span>{timeWords(task.createtime)}</span>
          {Number(task.elapsedseconds) > 0 && <span>{duration(Number(task.elapsedseconds))}</span>}
          {isOver && <span>{dollars(task.totalcost)}</span>}
        </p>
      </div>
      <div className="grid gap-4 p-5 *:min-w-0">
        {!isOver && <p className="text-soft">It goes on; what it makes appears here.</p>}
        {texts.map((content) => (
          <ScrollingText
            key={content.raw}
            label={`Answer of run ${task.id}`}
            text={content.answer.join("\n") || content.raw}
            className="max-h-96"
          />
        ))}
        <Outputs outputs={task.outputs} inputPicture={undefined} inputs={task.parameters} taskId={task.id} />
        {isOver && task.outputs.length === 0 && <p className="text-soft">It left nothing.</p>}
        <Button size="small" className="justify-self-start" aria-label={`Take out run ${task.id}`} onClick={onRemove}>
          Take out
        </Button>
      </div>
    </article>
  );
}
