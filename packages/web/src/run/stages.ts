/** The stages of a run in plain words. Pure. */
import type { TaskEventType } from "@modelyard/contract";
import type { RunState } from "./run.ts";

/** What the page shows of the many events: five steps, each reached by one of them. */
export const STEPS: readonly { event: TaskEventType; label: string }[] = [
  { event: "task_queue", label: "Queued" },
  { event: "task_accept", label: "Taken up" },
  { event: "task_preprocess_start", label: "Preparing" },
  { event: "task_start", label: "Running" },
  { event: "task_postprocess_start", label: "Collecting" },
  { event: "task_postprocess_end", label: "Done" },
];

/** One sentence for where the run is; it changes with the stage, not with every percent. */
export function stageWords(state: RunState): string {
  switch (state.phase) {
    case "sending":
      return "Sending the run";
    case "refused":
      return state.problem ?? "The run was refused";
    case "done":
      return "Done";
    case "failed":
      return "Failed";
    case "cancelled":
      return "Stopped";
    case "following": {
      const last = state.stages.at(-1)?.type;
      const words: Partial<Record<TaskEventType, string>> = {
        task_accept: "A worker has taken it up",
        task_preprocess_start: "Fetching the inputs and getting the model ready",
        task_assign: "Waiting for its place on the machine",
        task_start: "Running",
        task_postprocess_start: "Collecting the results",
      };
      return (
        (last && words[last]) ??
        (state.retries > 0 ? "Its worker was lost; waiting for another one" : "Waiting in the queue")
      );
    }
  }
}
