/** The account's latest runs of one model, beside its form: a click shows one there again. */
import { taskOutcome } from "@modelyard/contract";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useAnswer } from "../session/use-answer.ts";
import { useRepeated } from "../session/use-repeated.ts";
import { OutcomeBadge } from "./outcome-badge.tsx";
import { snippet, timeWords } from "./snippet.ts";

/** Runs that are shown. */
const SHOWN = 5;
/** Runs that are asked for: names of other models may begin alike. */
const ASKED = 20;
const LOOK_MS = 4_000;

interface LatestRunsProps {
  owner: string;
  model: string;
  /** The run that the page shows. */
  run: string | undefined;
  /** It does not go on. */
  isOver: boolean;
}

export function LatestRuns({ owner, model, run, isOver }: LatestRunsProps) {
  const name = `${owner}/${model}`;
  const { answer, reload } = useAnswer(`latest ${name}`, (client) => client.tasks({ modelName: name, limit: ASKED }));
  // Another run on this page is another list, and so is one that has ended; what is shown stays until it is there.
  const asked = useRef(`${run} ${isOver}`);
  useEffect(() => {
    if (asked.current === `${run} ${isOver}`) return;
    asked.current = `${run} ${isOver}`;
    reload();
  }, [run, isOver, reload]);
  const tasks =
    answer.state === "there"
      ? answer.data.tasks
          .filter(({ modelslugowner, modelslugproject }) => `${modelslugowner}/${modelslugproject}` === name)
          .slice(0, SHOWN)
      : [];
  const goesOn = tasks.some((task) => taskOutcome(task) === "active");
  useRepeated(() => {
    if (goesOn) reload();
  }, LOOK_MS);
  if (tasks.length === 0) return null;
  return (
    <section aria-labelledby="latest-title">
      <div className="mb-2 flex items-baseline justify-between gap-4">
        <h2 id="latest-title" className="text-xl">
          Your latest runs
        </h2>
        <Link to="/runs" search={{ model: name }} preload={false} className="link text-sm">
          All of this model
        </Link>
      </div>
      <ul className="divide-y divide-line rounded-lg border border-line bg-card">
        {tasks.map((task) => (
          <li key={task.id} className="flex items-center gap-3 px-4 py-2">
            <Link
              to="."
              search={(search: object) => ({ ...search, run: Number(task.id) }) as never}
              resetScroll={false}
              preload={false}
              aria-current={task.id === run ? "true" : undefined}
              className="min-w-0 grow truncate hover:underline aria-[current=true]:font-semibold"
            >
              {snippet(task.parameters) || "No inputs"}
            </Link>
            <span className="text-sm whitespace-nowrap text-soft tabular-nums max-sm:hidden">
              {timeWords(task.createtime)}
            </span>
            <OutcomeBadge task={task} />
          </li>
        ))}
      </ul>
    </section>
  );
}
