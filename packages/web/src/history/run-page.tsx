/** One run: live while it goes on, whole once it has ended. */
import { type Task, TaskDetailResponse, taskOutcome } from "@modelyard/contract";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useEffect } from "react";
import { addressInputs, keepInputs } from "../model/use-form-values.ts";
import { inputPictureOf } from "../run/input-picture.ts";
import { RunPanel } from "../run/run-panel.tsx";
import { useRun } from "../run/use-run.ts";
import { Answered } from "../session/answered.tsx";
import { Loading, SignedIn } from "../session/signed-in.tsx";
import { useAnswer } from "../session/use-answer.ts";
import { useManages } from "../session/use-manages.ts";
import { buttonClass } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { Attempts, Events } from "./run-attempts.tsx";
import { RunCallbacks } from "./run-callbacks.tsx";
import { RunInputs } from "./run-inputs.tsx";
import { RunShares } from "./run-shares.tsx";
import { RunTags } from "./run-tags.tsx";
import { timeWords } from "./snippet.ts";
import { Timeline } from "./timeline.tsx";
import { type RunEvents, useEvents } from "./use-events.ts";

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
  const { answer: log, reload: reloadLog } = useEvents(id);
  const isOld = run?.task !== undefined && answer.state === "there" && taskOutcome(answer.data) === "active";
  useEffect(() => {
    if (!isOld) return;
    reload();
    reloadLog();
  }, [isOld, reload, reloadLog]);
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
    <div className="grid items-start gap-x-10 gap-y-8 lg:grid-cols-[minmax(0,7fr)_minmax(18rem,4fr)] *:min-w-0">
      <Answered of={detail}>
        {(task) => (
          <RunPanel
            run={run}
            model={{ slugproject: task.modelslugproject }}
            inputPicture={inputPictureOf(task.parameters)}
            inputs={task.parameters}
            typical={typicalOf(task)}
            changes={[]}
            onStop={stop}
          />
        )}
      </Answered>
      <Answered of={detail}>
        {(task) =>
          log.state === "asking" ? (
            <Loading />
          ) : (
            <Facts task={task} log={log.state === "there" ? log.data : undefined} />
          )
        }
      </Answered>
    </div>
  );
}

/** From when it was taken up to its probable end; undefined before and after that, and where nothing is known. */
function typicalOf({ status, modelyard: { estimatedstart, estimatedend } }: Task): { p50: number } | undefined {
  const isKnown = status !== "task_queue" && estimatedstart !== null && estimatedend !== null;
  return isKnown ? { p50: estimatedend - estimatedstart } : undefined;
}

function Facts({ task, log }: { task: Task; log: RunEvents | undefined }) {
  const { modelslugowner: owner, modelslugproject: model } = task;
  const given = addressInputs(task.parameters);
  const facts: [string, string][] = [
    ["Started", timeWords(task.createtime)],
    ["Version", task.modelyard.version.slice(0, 12)],
    ...(log ? [] : ([["Attempts", String(task.modelyard.attempts)]] as [string, string][])),
  ];
  const manages = useManages();
  const found = useAnswer(`model ${owner}/${model}`, ({ models }) =>
    models.detail(owner, model).catch((error: unknown) => {
      if (error instanceof Error && "code" in error && error.code === 1) return undefined;
      throw error;
    }),
  ).answer;
  const isGone = found.state === "there" && found.data === undefined;
  return (
    <div className="grid content-start gap-8">
      <section aria-labelledby="model-title">
        <h2 id="model-title" className="text-lg">
          {isGone ? (
            `${owner}/${model}`
          ) : (
            <Link to="/models/$owner/$model" params={{ owner, model }} className="link">
              {owner}/{model}
            </Link>
          )}
        </h2>
        {isGone && <p className="mt-1 text-sm text-soft">This model is not here any more.</p>}
        <dl className="mt-3 grid grid-cols-[auto_minmax(0,1fr)] gap-x-5 gap-y-1 text-sm">
          {facts.map(([term, value]) => (
            <div key={term} className="contents">
              <dt className="text-soft">{term}</dt>
              <dd className="wrap-anywhere tabular-nums">{value}</dd>
            </div>
          ))}
        </dl>
        <div className="mt-4 flex flex-wrap gap-2">
          {!isGone && (
            <Link
              to="/models/$owner/$model"
              params={{ owner, model }}
              search={{ run: Number(task.id), inputs: given }}
              onClick={() => given ?? keepInputs({ slugowner: owner, slugproject: model }, task.parameters)}
              className={buttonClass("plain")}
            >
              Run again with changes
            </Link>
          )}
          <Link to="/compare" search={{ runs: task.id } as never} preload={false} className={buttonClass("plain")}>
            Compare settings
          </Link>
        </div>
      </section>
      <RunTags taskId={task.id} tags={task.modelyard.tags} />
      <Timeline task={task} events={log?.isCut ? undefined : log?.events} />
      {log && <Attempts task={task} events={log.events} />}
      <RunInputs task={task} model={found.state === "there" ? found.data : undefined} />
      {log && log.events.length > 0 && <Events of={log} />}
      {manages && <RunShares taskId={task.id} />}
      {task.callbackurl !== "" && <RunCallbacks taskId={task.id} />}
    </div>
  );
}
