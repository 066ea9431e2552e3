/** Several runs side by side: what they were given, where it differs, and what they made. Their ids are the address. */
import { type Task, TaskDetailResponse, taskOutcome } from "@modelyard/contract";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { duration } from "../catalogue/describe.ts";
import { money } from "../dashboard/money-words.ts";
import { OutcomeBadge } from "../history/outcome-badge.tsx";
import { timeWords } from "../history/snippet.ts";
import { Outputs } from "../run/outputs.tsx";
import { Answered } from "../session/answered.tsx";
import { SignedIn } from "../session/signed-in.tsx";
import { useAnswer } from "../session/use-answer.ts";
import { useRepeated } from "../session/use-repeated.ts";
import { Button, buttonClass } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { ScrollingText } from "../ui/scrolling-text.tsx";
import { AddRun } from "./add-run.tsx";
import { inputRows, MOST_RUNS, readRuns } from "./differences.ts";

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

const LOOK_MS = 2_000;

function Compare({ ids }: { ids: readonly number[] }) {
  const navigate = useNavigate();
  const key = ids.join(",");
  const found = useAnswer(`compare ${key}`, async (client) => {
    const asked = ids.map((id) => client.ask("Task/Detail", { taskid: String(id) }, TaskDetailResponse));
    return (await Promise.all(asked)).map(({ tasklist }) => tasklist[0] as Task);
  });
  const tasks = found.answer.state === "there" ? found.answer.data : [];
  const goesOn = tasks.some((task) => taskOutcome(task) === "active");
  useRepeated(() => {
    if (goesOn) found.reload();
  }, LOOK_MS);
  const show = (next: readonly number[]) =>
    void navigate({ to: ".", search: { runs: next.join(",") } as never, replace: true, resetScroll: false });
  if (ids.length === 0)
    return (
      <EmptyState
        sentence="No run is chosen. Tick some in the list of runs, and compare them."
        action={
          <Link to="/runs" className={buttonClass("primary")}>
            Choose runs
          </Link>
        }
      />
    );
  return (
    <Answered of={found}>
      {(shown) => (
        <div className="grid gap-8">
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <section aria-label="Runs" tabIndex={0} className="overflow-x-auto">
            <div className="flex gap-5 *:min-w-72 *:flex-1">
              {shown.map((task) => (
                <Column key={task.id} task={task} onRemove={() => show(ids.filter((id) => String(id) !== task.id))} />
              ))}
            </div>
          </section>
          <Inputs tasks={shown} />
          {ids.length < MOST_RUNS && shown[0] && (
            <AddRun like={shown[0]} onStarted={(id) => show([...ids, Number(id)])} />
          )}
        </div>
      )}
    </Answered>
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
          {isOver && <span>{money(task.totalcost)}</span>}
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

function Inputs({ tasks }: { tasks: readonly Task[] }) {
  const rows = inputRows(tasks.map(({ parameters }) => parameters));
  if (rows.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section aria-labelledby="inputs-title" tabIndex={0} className="overflow-x-auto">
      <h2 id="inputs-title" className="mb-3 text-lg">
        Inputs
      </h2>
      <div className="w-fit min-w-full rounded-lg border border-line bg-card">
        <table className="w-full text-sm">
          <thead>
            <tr className="border-b border-line text-left text-soft">
              <th scope="col" className="px-4 py-2.5 font-normal">
                Input
              </th>
              {tasks.map(({ id }) => (
                <th key={id} scope="col" className="px-4 py-2.5 font-normal">
                  Run {id}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {rows.map(({ name, values, isSame }) => (
              <tr key={name} className="align-top">
                <th scope="row" className="px-4 py-2.5 text-left font-normal text-soft">
                  {name}
                  {!isSame && <span className="sr-only"> (differs)</span>}
                </th>
                {isSame ? (
                  <td colSpan={tasks.length} className="px-4 py-2.5 wrap-anywhere whitespace-pre-wrap">
                    {values[0]}
                  </td>
                ) : (
                  values.map((value, index) => (
                    <td
                      key={tasks[index]?.id}
                      className="min-w-40 bg-signal-wash px-4 py-2.5 wrap-anywhere whitespace-pre-wrap"
                    >
                      {value ?? "–"}
                    </td>
                  ))
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
