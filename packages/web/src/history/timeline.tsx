import type { Task } from "@modelyard/contract";
import { duration } from "../catalogue/describe.ts";
import { timeWords } from "./snippet.ts";

/** The stages of the attempt that counts, each with how long it was after the one before; the wire has whole seconds. */
export function Timeline({ task }: { task: Task }) {
  const stages = [
    ["Queued", task.createtime],
    ["Taken up by a worker", task.accepttime],
    ["Inputs fetched, model prepared", task.preprocessendtime],
    ["Running", task.starttime],
    ["Model ended", task.endtime],
    ["Results collected", task.postprocessendtime],
    ["Stopped", task.canceltime],
  ] as const;
  const reached = stages.map(([label, time]) => ({ label, time: Number(time) })).filter(({ time }) => time > 0);
  return (
    <section aria-labelledby="timeline-title">
      <h2 id="timeline-title" className="text-lg">
        Timeline
      </h2>
      <ol className="mt-3 grid gap-2 border-l-2 border-line pl-4 text-sm">
        {reached.map(({ label, time }, index) => {
          const passed = time - (reached[index - 1]?.time ?? time);
          return (
            <li key={label} className="flex flex-wrap justify-between gap-x-4">
              <span>{label}</span>
              <span className="text-soft tabular-nums">
                {index === 0 ? timeWords(String(time)) : passed === 0 ? "at once" : `after ${duration(passed)}`}
              </span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
