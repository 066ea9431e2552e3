/** A run that somebody shares: what it made, and what it was given where they show it. */
import type { OutputText, SharedRun } from "@modelyard/contract";
import { getRouteApi, Link } from "@tanstack/react-router";
import { duration } from "../catalogue/describe.ts";
import { addressInputs } from "../model/use-form-values.ts";
import { Outputs } from "../run/outputs.tsx";
import { Badge } from "../ui/badge.tsx";
import { buttonClass } from "../ui/button.tsx";
import { ScrollingText } from "../ui/scrolling-text.tsx";
import { dayUtc } from "./shared-head.ts";

const route = getRouteApi("/shared/$token");

const OUTCOMES = {
  active: { tone: "wait", word: "Not over yet" },
  done: { tone: "good", word: "Done" },
  failed: { tone: "bad", word: "Failed" },
  cancelled: { tone: "plain", word: "Stopped" },
} as const;

export function SharedPage() {
  const run = route.useLoaderData();
  const [owner = "", model = ""] = run.model.split("/");
  const { tone, word } = OUTCOMES[run.outcome];
  const ran = Number(run.elapsedseconds);
  const texts = run.outputs.filter((output): output is OutputText => "content" in output);
  return (
    <div className="mx-auto max-w-4xl">
      <p className="text-sm text-soft">A shared run</p>
      <h1 className="mt-1 text-3xl">{run.title}</h1>
      <p className="mt-2 flex flex-wrap items-center gap-x-4 gap-y-1 text-soft">
        <Badge tone={tone}>{word}</Badge>
        <Link to="/models/$owner/$model" params={{ owner, model }} className="link text-ink">
          {run.model}
        </Link>
        <span>{dayUtc(run.createtime)}</span>
        {ran > 0 && <span>ran for {duration(ran)}</span>}
      </p>
      <section
        aria-label="What it made"
        className="mt-6 grid gap-5 rounded-lg border border-line bg-card p-5 *:min-w-0"
      >
        {run.outputs.length === 0 && <p className="text-soft">There is nothing to see (any more).</p>}
        {texts.map(({ content }) => (
          <ScrollingText
            key={content.raw}
            label="Answer"
            text={content.answer.join("\n") || content.raw}
            className=""
          />
        ))}
        <Outputs outputs={run.outputs} inputPicture={undefined} inputs={run.parameters ?? {}} taskId="shared" />
      </section>
      <Inputs run={run} />
      <p className="mt-8">
        <Link
          to="/models/$owner/$model"
          params={{ owner, model }}
          search={run.parameters ? { inputs: addressInputs(run.parameters) } : {}}
          className={buttonClass("primary")}
        >
          {run.parameters ? "Try it with these inputs" : "Try this model"}
        </Link>
      </p>
    </div>
  );
}

function Inputs({ run: { parameters } }: { run: SharedRun }) {
  if (!parameters) return <p className="mt-6 text-soft">Who shares this keeps its inputs to themselves.</p>;
  const entries = Object.entries(parameters).filter(([, value]) => value !== "");
  if (entries.length === 0) return null;
  return (
    <section aria-labelledby="inputs-title" className="mt-8">
      <h2 id="inputs-title" className="text-lg">
        Inputs
      </h2>
      <dl className="mt-2 grid gap-3">
        {entries.map(([name, value]) => (
          <div key={name}>
            <dt className="text-sm text-soft">{name}</dt>
            <dd className="whitespace-pre-wrap wrap-anywhere">
              {typeof value === "string" ? value : JSON.stringify(value)}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
