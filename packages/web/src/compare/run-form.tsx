/** A model's own form for one more run, or for one with each of several values: what it costs is said before it is started. */
import { items, type ToolDetail } from "@modelyard/contract";
import { type FormEvent, useMemo, useRef, useState } from "react";
import { checkedValues, type FormValue, type FormValues, problems, runBody } from "../model/form-values.ts";
import { useSession } from "../session/session-provider.tsx";
import { Button } from "../ui/button.tsx";
import { ProblemNote } from "../ui/problem-note.tsx";
import { announce } from "../ui/toast.tsx";
import type { Carried } from "./given.ts";
import { type Several, severalProblem, variable, variations } from "./several.ts";
import { SeveralFields } from "./several-fields.tsx";
import { useSum } from "./use-sum.ts";

/** What the model's own page is made of. */
type ModelPage = typeof import("../model/model-page.tsx");

export interface RunFormProps {
  model: ToolDetail;
  /** What the form begins with. */
  carried: Carried;
  /** Runs that may be started. */
  room: number;
  onValues: (values: FormValues) => void;
  onStarted: (ids: string[]) => void;
}

export function RunForm({
  model,
  carried,
  room,
  onValues,
  onStarted,
  ModelForm,
  useCost,
}: RunFormProps & Pick<ModelPage, "ModelForm" | "useCost">) {
  const form = model.modelyard;
  const [values, setValues] = useState<FormValues>(carried.values);
  const [several, setSeveral] = useState<Several>();
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [tried, setTried] = useState(false);
  const { isBusy, problem, start } = useStart(model, onStarted);

  const varied = useMemo(() => variable(form, values), [form, values]);
  // Another input may have put it out of use.
  const item = varied.find(({ id }) => id === several?.id);
  const used = item ? several : undefined;
  const runs = useMemo(() => variations(values, used), [values, used]);
  const wrong = useMemo(() => {
    const found = new Map([values, ...runs].flatMap((run) => [...problems(form, run)]));
    if (used) found.delete(used.id);
    return found;
  }, [form, values, runs, used]);
  const wrongSeveral = item && used && severalProblem(item, used, room);
  const checked = useMemo(() => runs.map((run) => checkedValues(form, run)), [form, runs]);
  const all = checked.filter((one) => one !== undefined);
  const isOne = runs.length === 1;
  const oneCost = useCost(model, checked[0]);
  const sum = useSum(model, !isOne && all.length === runs.length && !wrongSeveral ? all : undefined);
  const cost = isOne ? oneCost : sum;

  const set = (id: string, value: FormValue) => {
    const next = { ...values, [id]: value };
    setValues(next);
    onValues(next);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isBusy) return;
    setTried(true);
    const first = items(form).find(({ id }) => wrong.has(id));
    if (first || wrongSeveral) {
      announce((first && wrong.get(first.id)) ?? wrongSeveral ?? "");
      // After React has opened the advanced fields, where one of them is meant.
      if (first) requestAnimationFrame(() => document.getElementById(`input-${first.id}`)?.focus());
      return;
    }
    setTried(false);
    void start(runs.map((run) => runBody(form, run)));
  };
  const shown = new Map([...wrong].filter(([id]) => tried || left.has(id)));
  return (
    <form noValidate className="grid gap-6" onSubmit={submit}>
      {carried.left.length > 0 && (
        <p className="text-sm text-soft">This model has no place for: {carried.left.join(", ")}.</p>
      )}
      <ModelForm
        form={form}
        values={values}
        problems={shown}
        set={set}
        onLeave={(id) => setLeft((before) => (before.has(id) ? before : new Set(before).add(id)))}
      />
      {room > 1 && varied.length > 0 && (
        <SeveralFields
          items={varied}
          several={used}
          room={room}
          problem={tried || (used?.values.length ?? 0) > 0 ? wrongSeveral : undefined}
          onChange={setSeveral}
        />
      )}
      <div className="flex flex-wrap items-center gap-x-5 gap-y-3 border-t border-line pt-5">
        <Button type="submit" look="primary" disabled={isBusy}>
          {isBusy ? "Starting …" : runs.length < 2 ? "Run it" : `Start ${runs.length} runs`}
        </Button>
        {cost && (
          <div className="min-w-40 grow" data-testid="cost">
            <p className="font-semibold tabular-nums">{cost.headline}</p>
            <p className="text-sm text-soft">{cost.detail}</p>
          </div>
        )}
      </div>
      <ProblemNote problem={problem} />
    </form>
  );
}

/** Starts runs one after the other; the first refusal ends it, and those before it stay. */
function useStart(model: ToolDetail, onStarted: (ids: string[]) => void) {
  const session = useSession();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const latest = useRef(onStarted);
  latest.current = onStarted;
  const start = async (bodies: Record<string, unknown>[]) => {
    setBusy(true);
    setProblem(undefined);
    const ids: string[] = [];
    try {
      const { clientFor } = await import("../run/client.ts");
      const client = clientFor(session);
      for (const body of bodies) {
        const name = `${model.cleanslugowner}/${model.cleanslugproject}`;
        const { taskid } = await client.run(name, body, { idempotencyKey: crypto.randomUUID() });
        ids.push(taskid);
      }
    } catch (error) {
      const { problemWords } = await import("../run/follow-run.ts");
      const words = problemWords(error);
      setProblem(ids.length > 0 ? `${ids.length} of ${bodies.length} runs were started. ${words}` : words);
    }
    setBusy(false);
    if (ids.length > 0) latest.current(ids);
  };
  return { isBusy, problem, start };
}
