/** One run: live while it goes on, whole once it has ended. */
import { type Task, TaskDetailResponse, taskOutcome } from "@modelyard/contract";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useEffect } from "react";
import { addressInputs, keepInputs } from "../model/use-form-values.ts";
import { RunPanel } from "../run/run-panel.tsx";
import { useRun } from "../run/use-run.ts";
import { Answered } from "../session/answered.tsx";
import { Loading, SignedIn } from "../session/signed-in.tsx";
import { useAnswer } from "../session/use-answer.ts";
import { useManages } from "../session/use-manages.ts";
import { buttonClass } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { RunCallbacks } from "./run-callbacks.tsx";
import { RunShares } from "./run-shares.tsx";
import { RunTags } from "./run-tags.tsx";
import { timeWords } from "./snippet.ts";
import { Timeline } from "./timeline.tsx";

const route = getRouteApi("/runs/$id");

export function RunPage() {
  const id = Number(route.useParams().id);
  return (
    <>
      <p className="mb-2 text-sm">
        <Link to="/runs" className="link">
          All runs
        </Link>
      </p>
      <h1 className="text-3xl">Run {id}</h1>
      <div className="mt-5">
        <SignedIn what="this run">
          <OneRun key={id} id={id} />
        </SignedIn>
      </div>
    </>
  );
}

function OneRun({ id }: { id: number }) {
  const { run, stop } = useRun(id);
  const detail = useAnswer(`run ${id}`, async (client) => {
    const answer = await client.ask("Task/Detail", { taskid: String(id) }, TaskDetailResponse);
    return answer.tasklist[0] as Task;
  });
  // Once more with its end; what is shown, and typed, stays until then.
  const { answer, reload } = detail;
  const isOld = run?.task !== undefined && answer.state === "there" && taskOutcome(answer.data) === "active";
  useEffect(() => {
    if (isOld) reload();
  }, [isOld, reload]);
  if (run?.phase === "refused")
    return (
      <EmptyState
        sentence={run.problem ?? "This run cannot be shown."}
        action={
          <Link to="/runs" className={buttonClass("plain")}>
            See all runs
          </Link>
        }
      />
    );
  if (!run) return <Loading />;
  return (
    <div className="grid gap-x-10 gap-y-8 lg:grid-cols-[minmax(0,7fr)_minmax(18rem,4fr)] *:min-w-0">
      <Answered of={detail}>
        {(task) => (
          <RunPanel
            run={run}
            model={{ slugproject: task.modelslugproject }}
            inputPicture={undefined}
            inputs={task.parameters}
            typical={typicalOf(task)}
            changes={[]}
            onStop={stop}
          />
        )}
      </Answered>
      <Answered of={detail}>{(task) => <Facts task={task} />}</Answered>
    </div>
  );
}

/** From when it was taken up to its probable end; undefined before and after that, and where nothing is known. */
function typicalOf({ status, modelyard: { estimatedstart, estimatedend } }: Task): { p50: number } | undefined {
  const isKnown = status !== "task_queue" && estimatedstart !== null && estimatedend !== null;
  return isKnown ? { p50: estimatedend - estimatedstart } : undefined;
}

function Facts({ task }: { task: Task }) {
  const { modelslugowner: owner, modelslugproject: model } = task;
  const inputs = Object.entries(task.parameters);
  const given = addressInputs(task.parameters);
  const facts: [string, string][] = [
    ["Started", timeWords(task.createtime)],
    ["Version", task.modelyard.version.slice(0, 12)],
    ["Attempts", String(task.modelyard.attempts)],
  ];
  const manages = useManages();
  return (
    <div className="grid content-start gap-8">
      <section aria-labelledby="model-title">
        <h2 id="model-title" className="text-lg">
          <Link to="/models/$owner/$model" params={{ owner, model }} className="link">
            {owner}/{model}
          </Link>
        </h2>
        <dl className="mt-3 grid grid-cols-[auto_minmax(0,1fr)] gap-x-5 gap-y-1 text-sm">
          {facts.map(([term, value]) => (
            <div key={term} className="contents">
              <dt className="text-soft">{term}</dt>
              <dd className="wrap-anywhere tabular-nums">{value}</dd>
            </div>
          ))}
        </dl>
        <Link
          to="/models/$owner/$model"
          params={{ owner, model }}
          search={{ run: Number(task.id), inputs: given }}
          onClick={() => given ?? keepInputs({ slugowner: owner, slugproject: model }, task.parameters)}
          className={`${buttonClass("plain")} mt-4`}
        >
          Run again with changes
        </Link>
      </section>
      <RunTags taskId={task.id} tags={task.modelyard.tags} />
      <Timeline task={task} />
      <section aria-labelledby="inputs-title">
        <h2 id="inputs-title" className="text-lg">
          Inputs
        </h2>
        {inputs.length === 0 && <p className="mt-2 text-sm text-soft">It was given none.</p>}
        <dl className="mt-2 grid gap-2 text-sm">
          {inputs.map(([name, value]) => (
            <div key={name}>
              <dt className="text-soft">{name}</dt>
              <dd className="wrap-anywhere whitespace-pre-wrap">{shown(value)}</dd>
            </div>
          ))}
        </dl>
      </section>
      {manages && <RunShares taskId={task.id} />}
      {task.callbackurl !== "" && <RunCallbacks taskId={task.id} />}
    </div>
  );
}

function shown(value: unknown): string {
  if (value === "") return "–";
  return typeof value === "string" ? value : JSON.stringify(value);
}
