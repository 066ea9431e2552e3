import { type Task, taskOutcome } from "@modelyard/contract";
import { Link } from "@tanstack/react-router";
import { duration } from "../catalogue/describe.ts";
import { Button } from "../ui/button.tsx";
import { dollars } from "../ui/dollars.ts";
import { OutcomeBadge } from "./outcome-badge.tsx";
import { snippet, timeWords } from "./snippet.ts";
import { Tags } from "./tags.tsx";

/** Tags in a row; a run's own page has all. */
const SHOWN_TAGS = 2;

interface RunRowProps {
  task: Task;
  /** Name of its project, where it is known. */
  project: string | undefined;
  isChosen: boolean;
  onChoose: (on: boolean) => void;
  onStop: () => void;
}

export function RunRow({ task, project, isChosen, onChoose, onStop }: RunRowProps) {
  const isActive = taskOutcome(task) === "active";
  const ran = Number(task.elapsedseconds);
  return (
    <>
      <label className="grid size-6 shrink-0 place-items-center">
        <input
          type="checkbox"
          className="size-4"
          aria-label={`Choose run ${task.id}`}
          checked={isChosen}
          onChange={(event) => onChoose(event.target.checked)}
        />
      </label>
      <div className="grid min-w-0 grow gap-1 md:grid-cols-[minmax(0,1fr)_auto] md:items-center md:gap-6">
        <div className="min-w-0">
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
        <div className="flex flex-wrap items-center gap-x-4 gap-y-1 text-sm text-soft tabular-nums">
          {task.modelyard.tags.length > 0 && (
            // A small window's rows have no room for them.
            <div className="hidden md:block">
              <Tags of={task.modelyard.tags.slice(0, SHOWN_TAGS)} />
            </div>
          )}
          {project !== undefined && <span className="max-w-40 truncate">{project}</span>}
          <span>{timeWords(task.createtime)}</span>
          {ran > 0 && <span>{duration(ran)}</span>}
          <span>{dollars(task.totalcost)}</span>
          <OutcomeBadge task={task} />
        </div>
      </div>
      {isActive && (
        <Button look="danger" size="small" onClick={onStop} aria-label={`Stop run ${task.id}`}>
          Stop
        </Button>
      )}
    </>
  );
}
