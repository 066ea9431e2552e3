/** The run beside a model's form, with what has changed in the form since. Loaded with the first run. */
import type { RunState } from "../run/run.ts";
import { RunPanel } from "../run/run-panel.tsx";
import { timesOf } from "./cost.ts";
import { changes } from "./form-changes.ts";
import { checkedValues, type FormValues, formValues, sampleValues } from "./form-values.ts";
import type { ModelData } from "./load-model.ts";

interface ModelRunProps {
  model: ModelData["model"];
  run: RunState;
  /** The form as it is now. */
  values: FormValues;
  /** The form as it was when the run was started here. */
  ranWith: FormValues | undefined;
  /** Parameters of a run that was found again. */
  found: Record<string, unknown> | undefined;
  onStop: () => void;
  onDismiss: () => void;
}

export function ModelRun({ model, run, values, ranWith, found, onStop, onDismiss }: ModelRunProps) {
  const form = model.modelyard;
  const before = ranWith ?? (found && formValues(form, found));
  return (
    <RunPanel
      run={run}
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

/** The one picture that a run was given, where a result can be laid over it. */
function inputPicture(values: FormValues | undefined): string | undefined {
  const pictures = Object.values(values ?? {}).flatMap((value) => {
    if (!Array.isArray(value)) return [];
    return value.flatMap((entry) => {
      if (entry.kind === "url")
        return /\.(png|jpe?g|webp|gif|avif)$/i.test(entry.url) && sameOrigin(entry.url) ? [entry.url] : [];
      return entry.file.type.startsWith("image/") ? [objectUrl(entry.file)] : [];
    });
  });
  return pictures.length === 1 ? pictures[0] : undefined;
}

const sameOrigin = (url: string) => URL.parse(url)?.origin === location.origin;
const urls = new WeakMap<File, string>();

/** One address for each file for as long as the page lives. */
function objectUrl(file: File): string {
  let url = urls.get(file);
  if (!url) urls.set(file, (url = URL.createObjectURL(file)));
  return url;
}
