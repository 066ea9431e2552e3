/** The runs of an app's steps: each one's state, and the way to it. */
import { isTerminal } from "@modelyard/contract";
import { Link } from "@tanstack/react-router";
import { dollars } from "../ui/dollars.ts";
import type { AppSteps } from "./run.ts";

type Step = AppSteps[number];

function wordsOf({ status, pexit }: Step): { text: string; look: string } {
  if (status === "task_cancel") return { text: "Stopped", look: "bg-sunk text-soft" };
  if (isTerminal(status))
    return pexit === "0"
      ? { text: "Done", look: "bg-good-wash text-good" }
      : { text: "Failed", look: "bg-bad-wash text-bad" };
  return { text: status === "task_queue" ? "Waiting" : "Running", look: "bg-wait-wash text-wait" };
}

/** `cut#0` is the first of several runs of the step `cut`. */
function nameOf(step: string): string {
  const [id = "", index] = step.split("#");
  return index === undefined ? id : `${id} ${Number(index) + 1}`;
}

export function AppStepList({ steps }: { steps: AppSteps }) {
  if (steps.length === 0) return null;
  return (
    <ol aria-label="Steps" className="grid gap-px overflow-hidden rounded-md border border-line bg-line text-sm">
      {steps.map((step) => {
        const { text, look } = wordsOf(step);
        return (
          <li key={step.taskid} className="flex flex-wrap items-center gap-x-4 gap-y-1 bg-card px-3 py-2">
            <span className={`w-20 rounded-full px-2.5 py-0.5 text-center font-semibold ${look}`}>{text}</span>
            <Link to="/runs/$id" params={{ id: step.taskid }} className="link font-semibold">
              {nameOf(step.step)}
            </Link>
            <span className="text-soft wrap-anywhere">{step.model}</span>
            {step.cost !== null && <span className="ml-auto tabular-nums">{dollars(step.cost)}</span>}
            {text === "Failed" && step.endreason !== null && (
              <span className="basis-full text-bad wrap-anywhere">{step.endreason}</span>
            )}
          </li>
        );
      })}
    </ol>
  );
}
