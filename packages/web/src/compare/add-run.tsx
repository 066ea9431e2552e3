/** One more run, or several: the first run's inputs in the form of its model or of another one, to be changed. */
import type { Form, Task, Tool, ToolDetail } from "@modelyard/contract";
import { lazy, Suspense, useRef, useState } from "react";
import { formValues } from "../model/form-values.ts";
import { Answered } from "../session/answered.tsx";
import { Loading } from "../session/signed-in.tsx";
import { useAnswer } from "../session/use-answer.ts";
import { Labelled } from "../ui/labelled.tsx";
import { Panel } from "../ui/panel.tsx";
import { carried, type Given, withValues } from "./given.ts";
import type { RunFormProps } from "./run-form.tsx";

/** With the form of the model's own page, from that page's file. */
const RunForm = lazy(async () => {
  const [{ RunForm }, { ModelForm, useCost }] = await Promise.all([
    import("./run-form.tsx"),
    import("../model/model-page.tsx"),
  ]);
  return { default: (props: RunFormProps) => <RunForm {...props} ModelForm={ModelForm} useCost={useCost} /> };
});

interface AddRunProps {
  like: Task;
  /** Runs that may be started. */
  room: number;
  onStarted: (ids: string[]) => void;
}

const nameOf = (model: Pick<Tool, "cleanslugowner" | "cleanslugproject">) =>
  `${model.cleanslugowner}/${model.cleanslugproject}`;

export function AddRun({ like, room, onStarted }: AddRunProps) {
  const { modelslugowner: owner, modelslugproject: slug } = like;
  const offered = useAnswer(`models like ${owner}/${slug}`, async ({ models }) => {
    const [first, others] = await Promise.all([
      models.detail(owner, slug).catch((error: unknown) => {
        if (error instanceof Error && "code" in error && error.code === 1) return undefined;
        throw error;
      }),
      models.list({ like: `${owner}/${slug}`, runnable: "only", sort: "runs", limit: 100 }),
    ]);
    return { first, names: others.models.map(nameOf) };
  });
  return (
    <Panel title="Add a run" lead={`It begins with the inputs of run ${like.id}; change what is to be compared.`}>
      <Answered of={offered}>
        {({ first, names }) =>
          first && names.length > 0 ? (
            <Choice like={like} first={first} names={names} room={room} onStarted={onStarted} />
          ) : (
            <p className="text-soft">
              {first
                ? "No model that can run here takes one of these inputs."
                : `The model of run ${like.id} is not here any more.`}
            </p>
          )
        }
      </Answered>
    </Panel>
  );
}

function Choice({ like, first, names, ...rest }: AddRunProps & { first: ToolDetail; names: readonly string[] }) {
  const own = nameOf(first);
  const [name, setName] = useState(names.includes(own) ? own : (names[0] ?? own));
  const given = useRef<Given>(undefined);
  given.current ??= withValues(new Map(), first.modelyard, formValues(first.modelyard, like.parameters));
  const [owner = "", slug = ""] = name.split("/");
  const found = useAnswer(`model ${name}`, async ({ models }) => (name === own ? first : models.detail(owner, slug)));
  const keep = (form: Form, values: Parameters<typeof withValues>[2]) => {
    given.current = withValues(given.current ?? new Map(), form, values);
  };
  return (
    <div className="grid gap-6">
      <Labelled label="Model">
        <select className="field" name="model" value={name} onChange={(event) => setName(event.target.value)}>
          {names
            .toSorted((a, b) => Number(b === own) - Number(a === own))
            .map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
        </select>
      </Labelled>
      <Answered of={found}>
        {(model) => (
          <Suspense fallback={<Loading />}>
            <RunForm
              key={name}
              model={model}
              carried={carried(given.current ?? new Map(), model.modelyard)}
              onValues={(values) => keep(model.modelyard, values)}
              {...rest}
            />
          </Suspense>
        )}
      </Answered>
    </div>
  );
}
