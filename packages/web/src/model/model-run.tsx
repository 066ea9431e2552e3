/** The run beside a model's form, with what has changed in the form since. Loaded with the first run. */
import { Link } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { isPictureHere } from "../run/input-picture.ts";
import { isOver, type RunState } from "../run/run.ts";
import { RunPanel } from "../run/run-panel.tsx";
import type { Started } from "../run/use-run.ts";
import { timesOf } from "./cost.ts";
import { changes } from "./form-changes.ts";
import { checkedValues, type FormValues, formValues, sampleValues } from "./form-values.ts";
import type { ModelData } from "./load-model.ts";

interface ModelRunProps {
  model: ModelData["model"];
  run: RunState;
  /** The form as it is now. */
  values: FormValues;
  /** What the form showed when the run was started here. */
  ranWith: Started | undefined;
  /** Parameters of a run that was found again. */
  found: Record<string, unknown> | undefined;
  /** What the model's own figures are once the run has ended. */
  onFacts: (model: ModelData["model"]) => void;
  onStop: () => void;
  onDismiss: () => void;
}

export function ModelRun({ model, run, values, ranWith, found, onFacts, onStop, onDismiss }: ModelRunProps) {
  const form = model.modelyard;
  const before = ranWith?.values ?? (found && formValues(form, found));
  const cost = ranWith?.cost;
  useInSight(ranWith);
  useFactsAfter(run, model, onFacts);
  if (run.elsewhere) return <Elsewhere run={run.taskId ?? ""} model={run.elsewhere} />;
  return (
    <RunPanel
      run={run}
      estimate={cost && !cost.isRate ? cost.headline : undefined}
      model={model}
      inputPicture={inputPicture(before)}
      inputs={run.task?.parameters ?? sampleValues(form, before ?? values)}
      typical={timesOf(model, checkedValues(form, before ?? values) ?? {})}
      changes={before ? changes(form, before, values) : []}
      onStop={onStop}
      onDismiss={onDismiss}
    />
  );
}

/** A long form's button is far below its run: the run comes into the window when it is started, unless it is there already. */
function useInSight(started: Started | undefined): void {
  useEffect(() => {
    if (!started) return;
    const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
    document.querySelector("[data-run]")?.scrollIntoView({ block: "nearest", behavior });
  }, [started]);
}

/** How often the model ran, how long and for what is another thing once a run that was seen here has ended. */
function useFactsAfter(run: RunState, model: ModelData["model"], onFacts: ModelRunProps["onFacts"]): void {
  const wasRunning = useRef(false);
  const latest = useRef({ model, onFacts });
  latest.current = { model, onFacts };
  const over = isOver(run);
  const runs = run.phase === "following" && !run.wasOver;
  useEffect(() => {
    if (runs) wasRunning.current = true;
    if (!over || !wasRunning.current) return;
    wasRunning.current = false;
    void (async () => {
      const { createClient } = await import("@modelyard/sdk");
      const { model, onFacts } = latest.current;
      const now = await createClient({ url: location.origin }).models.detail(model.slugowner, model.slugproject);
      // A new version may have another form: it waits until the page is opened again.
      if (now.modelyard.version !== model.modelyard.version) return;
      onFacts({ ...model, taskstat: now.taskstat, modelyard: now.modelyard });
    })().catch(() => {
      // The figures from before stay.
    });
  }, [runs, over]);
}

function Elsewhere({ run, model }: { run: string; model: string }) {
  return (
    <p className="rounded-lg border border-line bg-card px-5 py-4 wrap-anywhere">
      Run {run} is of another model, {model}.{" "}
      <Link to="/runs/$id" params={{ id: run }} preload={false} className="link font-semibold">
        See it on its own page
      </Link>
    </p>
  );
}

/** The one picture that a run was given, where a result can be laid over it. */
function inputPicture(values: FormValues | undefined): string | undefined {
  const pictures = Object.values(values ?? {}).flatMap((value) => {
    if (!Array.isArray(value)) return [];
    return value.flatMap((entry) => {
      if (entry.kind === "url") return isPictureHere(entry.url) ? [entry.url] : [];
      return entry.file.type.startsWith("image/") ? [objectUrl(entry.file)] : [];
    });
  });
  return pictures.length === 1 ? pictures[0] : undefined;
}

const urls = new WeakMap<File, string>();

/** One address for each file for as long as the page lives. */
function objectUrl(file: File): string {
  let url = urls.get(file);
  if (!url) urls.set(file, (url = URL.createObjectURL(file)));
  return url;
}
