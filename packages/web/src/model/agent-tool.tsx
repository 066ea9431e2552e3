/**
 * A model's form as a tool for agents in the browser (WebMCP, https://webmachinelearning.github.io/webmcp/: `document.modelContext`).
 * An agent fills the form in; the person sees what it filled in and what it costs, and starts the run or does not. From there on it
 * is the form's own way. Loaded where a browser has such tools.
 */
import type { ToolDetail } from "@modelyard/contract";
import { useEffect, useRef, useState } from "react";
import { isOver, type RunState } from "../run/run.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { dollars } from "../ui/dollars.ts";
import { inputsSchema, readAgentInputs } from "./agent-inputs.ts";
import type { Cost } from "./cost.ts";
import { changes } from "./form-changes.ts";
import type { FormValues } from "./form-values.ts";
import { type AgentAnswer, modelContext } from "./model-context.ts";

interface AgentToolProps {
  model: Pick<ToolDetail, "cleanslugowner" | "cleanslugproject" | "title" | "description" | "modelyard">;
  values: FormValues;
  setAll: (values: FormValues) => void;
  cost: Cost;
  run: RunState | undefined;
  isSignedIn: boolean;
  askToSignIn: () => void;
  /** What the form's button does; whether it started a run. */
  submit: () => boolean;
}

/** A call that waits: for the person, or for the end of the run. */
interface Call {
  before: FormValues;
  answer: (answer: AgentAnswer) => void;
  state: "asking" | "running";
}

const says = (text: string): AgentAnswer => ({ content: [{ type: "text", text }] });

export function AgentTool(props: AgentToolProps) {
  const { model, values, cost, run } = props;
  const [call, setCall] = useState<Call>();
  const latest = useRef({ ...props, call });
  latest.current = { ...props, call };

  useEffect(() => {
    const end = new AbortController();
    const { modelyard: form, title, description } = latest.current.model;
    const execute = async (input: unknown): Promise<AgentAnswer> => {
      const now = latest.current;
      if (now.call || (now.run && !isOver(now.run))) return says("A run is going on here already. Wait for its end.");
      const read = readAgentInputs(form, input);
      if ("problems" in read) return says(`Not started:\n${read.problems.join("\n")}`);
      now.setAll(read.values);
      if (!now.isSignedIn) {
        now.askToSignIn();
        return says("Not started: nobody is signed in on this page. The form is filled in; the person has to sign in.");
      }
      return new Promise((answer) => setCall({ before: now.values, answer, state: "asking" }));
    };
    void modelContext()?.registerTool(
      {
        name: "run_model",
        title: `Run ${title}`,
        description: `${title}: ${description} Fills in this page's form. The person sees the cost and starts the run or not; the answer has what it made.`,
        inputSchema: inputsSchema(form),
        execute,
        annotations: { readOnlyHint: false, untrustedContentHint: true },
      },
      { signal: end.signal },
    );
    return () => {
      end.abort();
      latest.current.call?.answer(says("The page was left."));
    };
  }, []);

  // The run that the call began has ended.
  const ended = call?.state === "running" && run && isOver(run) ? run : undefined;
  useEffect(() => {
    if (!call || !ended) return;
    call.answer(says(outcome(ended)));
    setCall(undefined);
  }, [call, ended]);

  if (call?.state !== "asking") return null;
  const refuse = () => {
    if (latest.current.call?.state !== "asking") return;
    call.answer(says("Not started: the person said no. The form is filled in."));
    setCall(undefined);
  };
  const start = () => {
    if (props.submit()) return setCall({ ...call, state: "running" });
    call.answer(says("Not started: the page says why."));
    setCall(undefined);
  };
  const filled = changes(model.modelyard, call.before, values);
  return (
    <Dialog title="An agent asks to run this model" onClose={refuse}>
      <div className="grid gap-4">
        <p>
          <strong className="font-semibold tabular-nums">{cost.headline}</strong>{" "}
          <span className="text-soft">{cost.detail}</span>
        </p>
        {filled.length === 0 ? (
          <p className="text-soft">The form is as it was.</p>
        ) : (
          <dl className="grid max-h-64 gap-2 overflow-auto text-sm">
            {filled.map(({ label, to }) => (
              <div key={label}>
                <dt className="text-soft">{label}</dt>
                <dd className="wrap-anywhere whitespace-pre-wrap">{to}</dd>
              </div>
            ))}
          </dl>
        )}
        <div className="flex flex-wrap gap-3">
          <Button look="primary" onClick={start}>
            Run it
          </Button>
          <Button onClick={refuse}>No</Button>
        </div>
      </div>
    </Dialog>
  );
}

/** What the agent is told of a run that has ended. */
function outcome(run: RunState): string {
  const outputs = run.outputs.flatMap((output) => ("url" in output ? [`${output.name}: ${output.url}`] : []));
  const cost = run.task ? `It cost ${dollars(run.task.totalcost)}.` : "";
  const head = {
    done: `Done. ${cost}`,
    failed: `Failed: ${run.problem ?? "the model gave no reason"}. It costs nothing.`,
    cancelled: "Stopped. It costs nothing.",
    refused: `Not started: ${run.problem ?? "the server refused it"}`,
  } as const;
  const phase = run.phase in head ? head[run.phase as keyof typeof head] : "";
  return [phase.trim(), run.answer, ...outputs].filter(Boolean).join("\n");
}
