/** The run beside the form: where it is, what it says, what it made and what it cost. */
import { type PriceMethod, perUnit, type ToolDetail } from "@modelyard/contract";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { duration } from "../catalogue/describe.ts";
import type { Change } from "../model/form-changes.ts";
import { signInPath } from "../session/sign-in-path.ts";
import { useManages } from "../session/use-manages.ts";
import { Button, buttonClass } from "../ui/button.tsx";
import { dollars } from "../ui/dollars.ts";
import { Icon } from "../ui/icons.tsx";
import { AppStepList } from "./app-step-list.tsx";
import { Logs } from "./logs.tsx";
import { Outputs } from "./outputs.tsx";
import { isOver, isQueued, type Remedy, type RunState } from "./run.ts";
import { RunNotice } from "./run-notice.tsx";
import { STEPS, stageWords } from "./stages.ts";
import { StreamedText } from "./streamed-text.tsx";
import { useElapsed } from "./use-elapsed.ts";

interface RunPanelProps {
  run: RunState;
  model: Pick<ToolDetail, "slugproject">;
  /** Address of the picture that the run was given, to compare with. */
  inputPicture: string | undefined;
  /** Inputs of the run, for the archive of everything. */
  inputs: Record<string, unknown>;
  /** Seconds that half of the runs like it take at most, and 95 % of them where that is known. */
  typical: { p50: number; p95?: number } | undefined;
  /** What was to be expected that it costs, when it was started on this page. */
  estimate?: string | undefined;
  changes: readonly Change[];
  onStop: () => void;
  /** Where the panel can be put away. */
  onDismiss?: () => void;
}

/** Seconds from which it is worth saying how long a run takes. */
const TELLING_S = 2;

/** The last words of a model seldom end with a full stop. */
const sentence = (text = "") => (/[.!?…]$/.test(text.trim()) ? text : `${text}.`);

export function RunPanel(props: RunPanelProps) {
  const { run, model, inputPicture, inputs, typical, estimate, changes, onStop, onDismiss } = props;
  const over = isOver(run);
  const name = `${model.slugproject}-${run.taskId ?? ""}`;
  return (
    <section aria-label="Run" className="overflow-hidden rounded-lg border border-line bg-card" data-run={run.phase}>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line px-5 py-3">
        <Badge run={run} />
        <Elapsed run={run} />
        {run.taskId && <span className="text-sm text-soft">Task {run.taskId}</span>}
        <span className="ml-auto flex flex-wrap items-center gap-1">
          <RunNotice run={run} name={model.slugproject} />
          {over && onDismiss && run.task && (
            <Link
              to="/compare"
              search={{ runs: run.task.id } as never}
              preload={false}
              className={buttonClass("quiet", "small")}
            >
              Compare settings
            </Link>
          )}
          {over && onDismiss && run.taskId && (
            <Link
              to="/runs/$id"
              params={{ id: run.taskId }}
              hash="share"
              preload={false}
              className={buttonClass("quiet", "small")}
            >
              Details and sharing
            </Link>
          )}
          {over && onDismiss && (
            <Button look="quiet" size="small" onClick={onDismiss}>
              Close
            </Button>
          )}
          {/* While it is being sent, too: then nothing has begun. */}
          {!over && (run.taskId || run.progress) && (
            <Button look="danger" size="small" onClick={onStop}>
              <Icon name="stop" className="size-4" />
              {run.taskId && !isQueued(run) ? "Stop" : "Cancel"}
            </Button>
          )}
        </span>
      </div>
      <div className="grid gap-5 p-5 *:min-w-0">
        {!over && <Steps run={run} />}
        {run.steps && <AppStepList steps={run.steps} />}
        {run.waiting && <Waiting waiting={run.waiting} />}
        {run.connection === "lost" && !over && (
          <Note tone="wait">
            The connection is gone; the run is not. Connecting again, and nothing will be missing.
          </Note>
        )}
        {run.retries > 0 && !over && (
          <Note tone="wait">A worker was lost, so it began again. Only the attempt that succeeds is paid.</Note>
        )}
        {run.progress && !over && <ProgressBar progress={run.progress} />}
        {!run.progress && !over && typical && typical.p50 >= TELLING_S && <Typical of={typical} />}
        {run.problem && (run.phase === "refused" || run.phase === "failed") && (
          <Note tone="bad">
            {run.phase === "failed" ? `${sentence(run.problem)} A failed run costs nothing.` : run.problem}
            {run.remedy && <RemedyLink for={run.remedy} />}
          </Note>
        )}
        {run.phase === "cancelled" && (
          <Note tone="wait">
            {sentence(run.problem ?? "It was stopped.")} What had come so far stays here, and it costs nothing.
          </Note>
        )}
        <StreamedText run={run} name={name} />
        {run.outputs.length > 0 && (
          <Outputs outputs={run.outputs} inputPicture={inputPicture} inputs={inputs} taskId={run.taskId ?? ""} />
        )}
        {run.phase === "done" && run.outputs.length === 0 && (
          <p className="text-soft">It ended well and left nothing: no files, no text.</p>
        )}
        {run.task && <Costs task={run.task} estimate={estimate} />}
        {over && changes.length > 0 && <Changes changes={changes} />}
        <Logs
          stdout={run.answer === "" ? run.stdout : ""}
          stderr={run.stderr}
          name={name}
          open={run.phase === "failed"}
        />
      </div>
    </section>
  );
}

const TONES = {
  sending: "bg-wait-wash text-wait",
  following: "bg-wait-wash text-wait",
  done: "bg-good-wash text-good",
  failed: "bg-bad-wash text-bad",
  refused: "bg-bad-wash text-bad",
  cancelled: "bg-sunk text-soft",
} as const;

function RemedyLink({ for: remedy }: { for: Remedy }) {
  const manages = useManages();
  const link = "link ml-2 font-semibold whitespace-nowrap";
  if (remedy === "sign-in")
    return (
      <a href={signInPath()} className={link}>
        Sign in
      </a>
    );
  // Members of an organisation do not see its wallet.
  if (!manages) return null;
  return (
    <Link to="/dashboard/wallet" preload={false} className={link}>
      Add money
    </Link>
  );
}

function Badge({ run }: { run: RunState }) {
  const text = run.phase === "refused" ? "Not started" : stageWords(run);
  return <span className={`rounded-full px-3 py-1 text-sm font-semibold ${TONES[run.phase]}`}>{text}</span>;
}

function Elapsed({ run }: { run: RunState }) {
  const seconds = useElapsed(run.stages[0]?.at, isOver(run));
  const ran = run.task ? Number(run.task.elapsedseconds) : undefined;
  if (ran !== undefined && ran > 0)
    return <span className="text-sm text-soft tabular-nums">ran for {duration(ran)}</span>;
  if (seconds === undefined || run.task) return null;
  return <span className="text-sm text-soft tabular-nums">{duration(seconds)}</span>;
}

function Steps({ run }: { run: RunState }) {
  const reached = STEPS.findLastIndex(({ event }) => run.stages.some(({ type }) => type === event));
  return (
    <ol className="grid grid-cols-6 gap-1.5 text-xs sm:text-sm" aria-label="Stages">
      {STEPS.map(({ event, label }, index) => (
        <li
          key={event}
          aria-current={index === reached ? "step" : undefined}
          className={index <= reached ? "text-ink" : "text-soft"}
        >
          <span
            className={`mb-1.5 block h-1 rounded-full ${index < reached ? "bg-signal" : index === reached ? "animate-pulse bg-signal" : "bg-line"}`}
          />
          <span className={index === reached ? "font-semibold" : "max-sm:sr-only"}>{label}</span>
        </li>
      ))}
    </ol>
  );
}

function Waiting({ waiting }: { waiting: NonNullable<RunState["waiting"]> }) {
  const { position, estimatedStart, reason } = waiting;
  const seconds = estimatedStart === null ? 0 : estimatedStart - Date.now() / 1000;
  return (
    <Note tone="wait">
      {position !== null &&
        (position === 1 ? "Next in this model's queue. " : `Number ${position} in the queue of this model. `)}
      {seconds >= 1 && `It starts in about ${duration(seconds)}. `}
      {reason}
    </Note>
  );
}

export function Note({ tone, children }: { tone: "good" | "bad" | "wait"; children: ReactNode }) {
  const look = { good: "bg-good-wash text-good", bad: "bg-bad-wash text-bad", wait: "bg-wait-wash text-wait" }[tone];
  return <p className={`rounded-md px-4 py-2.5 wrap-anywhere ${look}`}>{children}</p>;
}

/** For models that say nothing of their progress. */
function Typical({ of: { p50, p95 = p50 } }: { of: NonNullable<RunPanelProps["typical"]> }) {
  const most = duration(p95);
  return (
    <p className="text-sm text-soft tabular-nums">
      Runs with these settings typically take {duration(p50)}
      {most !== duration(p50) && `, and 19 of 20 at most ${most}`}.
    </p>
  );
}

function ProgressBar({ progress }: { progress: NonNullable<RunState["progress"]> }) {
  const { percentage, task, step, total, remaining } = progress;
  return (
    <div className="grid gap-1.5">
      <div className="flex justify-between gap-4 text-sm text-soft tabular-nums">
        <span>
          {task}
          {step !== "" && total !== "" && ` ${step} of ${total}`}
        </span>
        <span>
          {Math.round(percentage)} %{remaining !== undefined && remaining > 0 && `, ${duration(remaining)} left`}
        </span>
      </div>
      <progress
        aria-label="Progress"
        max={100}
        value={percentage}
        className="h-2 w-full appearance-none overflow-hidden rounded-full [&::-webkit-progress-bar]:bg-line [&::-webkit-progress-value]:bg-signal [&::-moz-progress-bar]:bg-signal"
      />
    </div>
  );
}

/** The estimate beside the bill, and what the bill is made of. */
function Costs({ task, estimate }: { task: NonNullable<RunState["task"]>; estimate: string | undefined }) {
  const { price } = task.modelyard;
  const rows: [string, string][] = [
    ...(estimate === undefined ? [] : ([["Estimated", estimate]] as [string, string][])),
    ["Billed", price.captured === null ? "$0.00" : dollars(price.captured)],
    ["Set aside at most", dollars(price.hold)],
    // An app has no rate of its own: its lines say what its steps cost.
    ...(task.modelyard.steps === null
      ? ([["Price", `${dollars(price.price)} ${perUnit(price.method as PriceMethod)}`]] as [string, string][])
      : []),
  ];
  return (
    <div className="grid gap-3 border-t border-line pt-4 text-sm">
      <dl className="flex flex-wrap gap-x-8 gap-y-2">
        {rows.map(([term, value]) => (
          <div key={term}>
            <dt className="text-soft">{term}</dt>
            <dd className={`tabular-nums ${term === "Billed" ? "font-semibold" : ""}`}>{value}</dd>
          </div>
        ))}
      </dl>
      {price.lines.length > 0 && (
        <ul className="grid gap-0.5 text-soft">
          {price.lines.map((line) => (
            <li key={`${line.unit} ${line.price}`} className="tabular-nums">
              {line.quantity} × {line.unit} at {dollars(line.price)} = {dollars(line.amount)}
            </li>
          ))}
          {price.note !== null && <li>{price.note}</li>}
        </ul>
      )}
    </div>
  );
}

function Changes({ changes }: { changes: readonly Change[] }) {
  return (
    <div className="border-t border-line pt-4 text-sm">
      <h3 className="font-semibold">Changed in the form since this run</h3>
      <ul className="mt-2 grid gap-1.5">
        {changes.map(({ label, from, to }) => (
          <li key={label} className="wrap-anywhere">
            <span className="text-soft">{label}:</span>{" "}
            <del className="rounded-sm bg-bad-wash px-1 text-bad">{from}</del>{" "}
            <ins className="rounded-sm bg-good-wash px-1 text-good no-underline">{to}</ins>
          </li>
        ))}
      </ul>
    </div>
  );
}
