import type { Task, TaskEvent, TaskEventType } from "@modelyard/contract";
import { duration } from "../catalogue/describe.ts";
import { passedWords } from "./event-words.ts";
import { timeWords } from "./snippet.ts";

const STAGES = [
  ["Queued", "task_queue", "createtime"],
  ["Taken up by a worker", "task_accept", "accepttime"],
  ["Inputs fetched, model prepared", "task_preprocess_end", "preprocessendtime"],
  ["Running", "task_start", "starttime"],
  ["Model ended", "task_end", "endtime"],
  ["Results collected", "task_postprocess_end", "postprocessendtime"],
  ["Stopped", "task_cancel", "canceltime"],
] as const satisfies readonly (readonly [string, TaskEventType, keyof Task])[];

/**
 * The stages of the attempt that counts, each with how long it was after the one before: from the run's log, or, where that is not here,
 * from its record, which has whole seconds.
 */
export function Timeline({ task, events }: { task: Task; events: readonly TaskEvent[] | undefined }) {
  const last = events?.findLastIndex(({ type }) => type === "task_accept") ?? -1;
  const timeOf = (type: TaskEventType, inRecord: string): number => {
    if (!events) return Number(inRecord) * 1000;
    const found =
      type === "task_queue" ? events[0] : events.slice(Math.max(last, 0)).find((event) => event.type === type);
    return found?.at ?? 0;
  };
  const reached = STAGES.map(([label, type, field]) => ({ label, time: timeOf(type, task[field]) })).filter(
    ({ time }) => time > 0,
  );
  return (
    <section aria-labelledby="timeline-title">
      <h2 id="timeline-title" className="text-lg">
        Timeline
      </h2>
      <ol className="mt-3 grid gap-2 border-l-2 border-line pl-4 text-sm">
        {reached.map(({ label, time }, index) => {
          const ms = time - (reached[index - 1]?.time ?? time);
          const passed = events ? passedWords(ms) : duration(ms / 1000);
          return (
            <li key={label} className="flex flex-wrap justify-between gap-x-4">
              <span>{label}</span>
              <span className="text-soft tabular-nums">
                {index === 0 ? timeWords(String(time / 1000)) : ms < 50 ? "at once" : `after ${passed}`}
              </span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
