/** Another model with the same inputs: what it would cost is said before it is started. */
import { type Task, type ToolDetail, ToolDetailResponse, ToolQuoteResponse } from "@modelyard/contract";
import { type FormEvent, useState } from "react";
import { dollars } from "../catalogue/describe.ts";
import { useAction } from "../session/use-action.ts";
import { useAnswer } from "../session/use-answer.ts";
import { Button } from "../ui/button.tsx";
import { Labelled } from "../ui/labelled.tsx";
import { Panel } from "../ui/panel.tsx";
import { ProblemNote } from "../ui/problem-note.tsx";

interface Planned {
  model: string;
  inputs: Record<string, unknown>;
  /** Inputs of the first run that this model does not know. */
  unknown: string[];
  hold: string;
  exact: boolean;
}

export function AddRun({ like, onStarted }: { like: Task; onStarted: (id: string) => void }) {
  const [planned, setPlanned] = useState<Planned>();
  const { isBusy, problem, act } = useAction();
  const models = useAnswer("models to compare", (client) => client.models.list({ sort: "runs", limit: 100 }));
  const known = models.answer.state === "there" ? models.answer.data.models : [];

  const plan = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const model = String(new FormData(event.currentTarget).get("model"));
    const [slugowner = "", slugproject = ""] = model.split("/");
    void act(async (client) => {
      const { tool } = await client.ask("Tool/Detail", { slugowner, slugproject }, ToolDetailResponse);
      const items = (tool[0] as ToolDetail).modelyard.inputs.flatMap((group) => group.items.map(({ id }) => id));
      const given = Object.entries(like.parameters).filter(([, value]) => value !== "" && value !== null);
      const inputs = Object.fromEntries(given.filter(([name]) => items.includes(name)));
      const fields = { slugowner, slugproject, parameters: inputs };
      const { quote } = await client.ask("Tool/Quote", fields, ToolQuoteResponse);
      const unknown = given.map(([name]) => name).filter((name) => !items.includes(name));
      setPlanned({ model, inputs, unknown, hold: quote.hold, exact: quote.exact });
    });
  };
  const start = () =>
    act(async (client) => {
      if (!planned) return;
      const { taskid } = await client.run(planned.model, planned.inputs, { idempotencyKey: crypto.randomUUID() });
      setPlanned(undefined);
      onStarted(taskid);
    });
  return (
    <Panel title="Add a run" lead={`With the inputs of run ${like.id}, on the same model or on another one.`}>
      <form className="flex flex-wrap items-end gap-3" onSubmit={plan} onChange={() => setPlanned(undefined)}>
        <Labelled label="Model">
          <select name="model" className="field w-auto max-w-full" disabled={known.length === 0}>
            {known.map(({ id, cleanslugowner, cleanslugproject }) => (
              <option key={id} value={`${cleanslugowner}/${cleanslugproject}`}>
                {cleanslugowner}/{cleanslugproject}
              </option>
            ))}
          </select>
        </Labelled>
        <Button type="submit" disabled={isBusy || known.length === 0}>
          What would it cost?
        </Button>
      </form>
      <div className="mt-4 grid gap-3 empty:hidden" role="status">
        <ProblemNote problem={problem} />
        {planned && (
          <>
            <p>
              {planned.exact ? "" : "At most "}
              <b className="font-semibold">{dollars(planned.hold)}</b> for a run of {planned.model}.
              {planned.unknown.length > 0 && (
                <span className="text-soft"> It does not know: {planned.unknown.join(", ")}.</span>
              )}
            </p>
            <Button look="primary" className="justify-self-start" disabled={isBusy} onClick={() => void start()}>
              Run it
            </Button>
          </>
        )}
      </div>
    </Panel>
  );
}
