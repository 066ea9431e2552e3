/** A model's page: what it is, the form to try it, what it makes, how to call it, and what its author says. */
import { items } from "@modelyard/contract";
import { getRouteApi } from "@tanstack/react-router";
import { type KeyboardEvent, lazy, Suspense, useEffect, useMemo, useRef, useState } from "react";
import { CardGrid } from "../catalogue/model-card.tsx";
import { isOver } from "../run/run.ts";
import { useRun } from "../run/use-run.ts";
import { useSession } from "../session/session-provider.tsx";
import { Button, buttonClass } from "../ui/button.tsx";
import { Icon } from "../ui/icons.tsx";
import { ServerHtml } from "../ui/server-html.tsx";
import { TabPanel, Tabs } from "../ui/tabs.tsx";
import { announce } from "../ui/toast.tsx";
import { AppParts } from "./app-parts.tsx";
import { CodePanel } from "./code-panel.tsx";
import { CommentsSection } from "./comments-section.tsx";
import { ModelForm } from "./form.tsx";
import { checkedValues, formValues, problems, runBody } from "./form-values.ts";
import type { ModelData } from "./load-model.ts";
import { modelContext } from "./model-context.ts";
import { ModelHeader } from "./model-header.tsx";
import type { ModelSearch } from "./model-search.ts";
import { ReportForm } from "./report-form.tsx";
import { SampleGallery } from "./sample-gallery.tsx";
import { useCost } from "./use-cost.ts";
import { useFormValues } from "./use-form-values.ts";

/** For the page that compares (compare/add-run.tsx): taken from here, they stay one file with this page, which packs better than three. */
export { ModelForm, useCost };

/** Only who has run something needs them. */
const LatestRuns = lazy(async () => ({ default: (await import("../history/latest-runs.tsx")).LatestRuns }));
/** Only where a browser has tools for agents. */
const AgentTool = lazy(async () => ({ default: (await import("./agent-tool.tsx")).AgentTool }));
/** Only who is not signed in. */
const signInNotes = () => import("./sign-in-notes.tsx");
const SignInNote = lazy(async () => ({ default: (await signInNotes()).SignInNote }));
const SignInToSee = lazy(async () => ({ default: (await signInNotes()).SignInToSee }));
const JsonTab = lazy(async () => ({ default: (await import("./json-tab.tsx")).JsonTab }));
const ModelRun = lazy(async () => ({ default: (await import("./model-run.tsx")).ModelRun }));

/** The form, or the same inputs as JSON. */
const VIEWS = [
  { id: "form", text: "Form" },
  { id: "json", text: "JSON" },
] as const;
type View = (typeof VIEWS)[number]["id"];

const route = getRouteApi("/models/$owner/$model");

export function ModelPage() {
  const data = route.useLoaderData();
  // Another model is another page: nothing of the last one's form or run is kept.
  return <OneModel key={data.model.id} {...data} search={route.useSearch()} />;
}

function OneModel({ model: loaded, related, hasReadme, search }: ModelData & { search: ModelSearch }) {
  /** With its figures after a run here, until it is loaded again. */
  const [after, setAfter] = useState({ loaded, model: loaded });
  const model = after.loaded === loaded ? after.model : loaded;
  const name = `${model.cleanslugowner}/${model.cleanslugproject}`;
  const form = model.modelyard;
  const session = useSession();
  const { values, set, setAll, reset, keep } = useFormValues(model, search.inputs);
  const { run, ranWith, found, start, stop, dismiss } = useRun(search.run, name);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [tried, setTried] = useState(false);
  const [asksToSignIn, setAsksToSignIn] = useState(false);
  /** It was sent before it was known who is signed in: then it goes on. */
  const [isEarly, setIsEarly] = useState(false);
  const [view, setView] = useState<View>("form");
  /** Once it has been opened it stays: what was typed into it is not lost. */
  const [hasJson, setHasJson] = useState(false);
  const jsonTrouble = useRef<string>(undefined);
  const [hasAgents, setHasAgents] = useState(false);
  useEffect(() => setHasAgents(modelContext() !== undefined), []);

  const wrong = useMemo(() => problems(form, values), [form, values]);
  const shownProblems = useMemo(
    () => new Map([...wrong].filter(([id]) => tried || left.has(id))),
    [wrong, tried, left],
  );
  const checked = useMemo(() => checkedValues(form, values), [form, values]);
  const cost = useCost(model, checked);
  const busy = run !== undefined && !isOver(run);
  const closed = form.lifecycle === "retired" || form.problem !== null || form.pull?.installed === false;

  /** Whether a run was started. */
  const submit = (): boolean => {
    if (busy || closed) return false;
    setTried(true);
    if (view === "json" && jsonTrouble.current !== undefined) {
      announce(jsonTrouble.current);
      document.getElementById("inputs-as-json")?.focus();
      return false;
    }
    const first = items(form).find(({ id }) => wrong.has(id));
    if (first) {
      announce(wrong.get(first.id) ?? "");
      // After React has opened the advanced fields, where one of them is meant.
      requestAnimationFrame(() => document.getElementById(`input-${first.id}`)?.focus());
      return false;
    }
    keep();
    if (session.state === "unknown") {
      setIsEarly(true);
      return false;
    }
    if (session.state !== "in") {
      setAsksToSignIn(true);
      return false;
    }
    setTried(false);
    start({
      model: name,
      body: runBody(form, values),
      form: { values, cost },
      isApp: form.app !== null,
    });
    return true;
  };
  const submitNow = useRef(submit);
  submitNow.current = submit;
  useEffect(() => {
    if (!isEarly || session.state === "unknown") return;
    setIsEarly(false);
    submitNow.current();
  }, [isEarly, session.state]);
  // A page is taken over part by part: from here on the form hears what it is told (layout/start-script.ts).
  const formRef = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (formRef.current) formRef.current.dataset.modelForm = "live";
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    submit();
  };

  return (
    <>
      <ModelHeader model={model} values={values} />
      <div className="mt-8 grid gap-x-10 gap-y-8 lg:grid-cols-[minmax(20rem,5fr)_minmax(0,7fr)] *:min-w-0">
        <section aria-labelledby="try-title">
          <div className="mb-4 flex flex-wrap items-center gap-x-4 gap-y-2">
            <h2 id="try-title" className="text-xl">
              Try it
            </h2>
            <Tabs
              label="How the inputs are given"
              tabs={VIEWS}
              selected={view}
              onSelect={(next) => {
                setView(next);
                if (next === "json") setHasJson(true);
              }}
            />
            <span className="grow" />
            <Button look="quiet" size="small" onClick={reset}>
              Reset the form
            </Button>
          </div>
          <form
            ref={formRef}
            noValidate
            data-model-form=""
            onKeyDown={onKeyDown}
            onSubmit={(event) => {
              event.preventDefault();
              submit();
            }}
          >
            <TabPanel id="form" selected={view}>
              <ModelForm
                form={form}
                values={values}
                problems={shownProblems}
                set={set}
                onLeave={(id) => setLeft((before) => (before.has(id) ? before : new Set(before).add(id)))}
              />
            </TabPanel>
            <TabPanel id="json" selected={view}>
              {hasJson && (
                <Suspense fallback={<div className="field min-h-80" />}>
                  <JsonTab form={form} values={values} setAll={setAll} trouble={jsonTrouble} />
                </Suspense>
              )}
            </TabPanel>
            <div className="mt-6 flex flex-wrap items-center gap-x-5 gap-y-3 border-t border-line pt-5">
              <button
                type="submit"
                className={`${buttonClass("primary")} min-h-11 px-6`}
                disabled={busy || closed}
                aria-keyshortcuts="Control+Enter Meta+Enter"
              >
                <Icon name="play" />
                {busy ? "Running" : run ? "Run again" : "Run"}
              </button>
              <div className="min-w-40 grow" data-testid="cost">
                <p className="font-semibold tabular-nums">{cost.headline}</p>
                <p className="text-sm text-soft">{cost.detail}</p>
              </div>
            </div>
            {form.problem !== null && (
              <p className="mt-4 rounded-md bg-wait-wash px-4 py-2.5 text-wait">Not available here. {form.problem}</p>
            )}
            {asksToSignIn && session.state !== "in" && (
              <Suspense fallback={null}>
                <SignInNote offered={session.state === "out" && session.offered} />
              </Suspense>
            )}
            <noscript>
              <p className="mt-4 rounded-md bg-wait-wash px-4 py-2.5 text-wait">
                The form needs JavaScript to run the model. Everything else on this page, and the API, does not.
              </p>
            </noscript>
          </form>
          {form.app && <AppParts app={form.app} />}
        </section>
        <div className="grid content-start gap-8 *:min-w-0">
          {search.run && session.state === "out" && !run && (
            <Suspense fallback={null}>
              <SignInToSee offered={session.offered} />
            </Suspense>
          )}
          {run && (
            <Suspense fallback={<div className="min-h-40 rounded-lg border border-line bg-card" />}>
              <ModelRun
                model={model}
                run={run}
                values={values}
                ranWith={ranWith}
                found={found}
                onFacts={(model) => setAfter({ loaded, model })}
                onStop={stop}
                onDismiss={dismiss}
              />
            </Suspense>
          )}
          <SampleGallery model={model} onUse={(inputs) => setAll(formValues(form, inputs))} />
          {session.state === "in" && (
            <Suspense fallback={null}>
              <LatestRuns
                owner={model.cleanslugowner}
                model={model.cleanslugproject}
                run={run?.taskId}
                isOver={!busy}
              />
            </Suspense>
          )}
        </div>
      </div>
      {hasAgents && !closed && session.state !== "unknown" && (
        <Suspense fallback={null}>
          <AgentTool
            model={model}
            values={values}
            setAll={setAll}
            cost={cost}
            run={run}
            isSignedIn={session.state === "in"}
            askToSignIn={() => setAsksToSignIn(true)}
            submit={submit}
          />
        </Suspense>
      )}
      <CodePanel model={model} search={search} values={values} />
      <div
        className={`mt-14 grid gap-12 border-t border-line pt-10 ${hasReadme ? "lg:grid-cols-[minmax(0,7fr)_minmax(18rem,3fr)]" : ""} *:min-w-0`}
      >
        {hasReadme && (
          <section aria-labelledby="readme-title" id="readme">
            <h2 id="readme-title" className="mb-4 text-xl">
              Readme
            </h2>
            <ServerHtml slot="readme" html={model.readme} className="prose max-w-[46rem] wrap-anywhere" />
          </section>
        )}
        <ReportForm model={model} reported={search.reported === true} />
      </div>
      <CommentsSection owner={model.cleanslugowner} model={model.cleanslugproject} />
      {related.length > 0 && (
        <section className="mt-14 border-t border-line pt-10" aria-labelledby="related-title">
          <h2 id="related-title" className="mb-4 text-xl">
            Related models
          </h2>
          <CardGrid models={related} />
        </section>
      )}
    </>
  );
}
