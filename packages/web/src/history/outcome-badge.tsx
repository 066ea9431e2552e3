import { type Task, taskOutcome } from "@modelyard/contract";

const LOOKS = {
  active: "bg-wait-wash text-wait",
  done: "bg-good-wash text-good",
  failed: "bg-bad-wash text-bad",
  cancelled: "bg-sunk text-soft",
} as const;
const WORDS = { done: "Done", failed: "Failed", cancelled: "Stopped" } as const;

/** Where a task is, in one word. */
export function OutcomeBadge({ task }: { task: Task }) {
  const outcome = taskOutcome(task);
  const word = outcome !== "active" ? WORDS[outcome] : task.status === "task_queue" ? "Queued" : "Running";
  return (
    <span className={`rounded-full px-2.5 py-0.5 text-sm font-semibold whitespace-nowrap ${LOOKS[outcome]}`}>
      {word}
    </span>
  );
}
