import { Link } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { categoryTitle, count, duration, modelPath, startingPrice } from "../catalogue/describe.ts";
import { Button, buttonClass } from "../ui/button.tsx";
import { Icon } from "../ui/icons.tsx";
import { type FormValues, keptValues } from "./form-values.ts";
import type { ModelData } from "./load-model.ts";

const promptFor = () => import("./prompt-for.ts");
/** Only who opens the menu needs it. */
const OpenIn = lazy(async () => ({ default: (await import("./open-in.tsx")).OpenIn }));

const READINESS = { ready: "Ready", cold: "Starts cold", none: "No worker" } as const;

export function ModelHeader({ model, values }: { model: ModelData["model"]; values: FormValues }) {
  const { modelyard: facts, taskstat } = model;
  const path = modelPath(model);
  const [isOpen, setOpen] = useState(false);
  const inputs = keptValues(facts, values);
  const figures: [string, string][] = [
    ["Price", startingPrice(model)],
    ["Now", READINESS[facts.readiness]],
    ["Runs", count(taskstat.runcount)],
    ...(model.ratedusercount === "0"
      ? []
      : [["Rating", `${model.averagepoint} of 5 (${model.ratedusercount})`] as [string, string]]),
    ["Comments", model.commentcount],
    ...(facts.successrate === null
      ? []
      : [["Succeed", `${Math.floor(facts.successrate * 1000) / 10} %`] as [string, string]]),
    ...(facts.p50 === null ? [] : [["Typical run", duration(facts.p50)] as [string, string]]),
    ...(facts.p95 === null ? [] : [["95 % within", duration(facts.p95)] as [string, string]]),
    [
      "Licence",
      [facts.license.code, facts.license.weights]
        .filter((one, index, all) => one && all.indexOf(one) === index)
        .join(", weights "),
    ],
  ];
  return (
    <header>
      <nav aria-label="Path" className="text-sm text-soft">
        <ol className="flex flex-wrap items-center gap-1.5">
          <li>
            <Link to="/models" className="hover:underline">
              Models
            </Link>
          </li>
          <li aria-hidden="true">/</li>
          <li>
            <Link to="/models" search={{ owner: model.slugowner }} className="hover:underline">
              {model.slugowner}
            </Link>
          </li>
        </ol>
      </nav>
      <div className="mt-2 flex flex-wrap items-start gap-x-8 gap-y-4">
        <div className="min-w-[min(16rem,100%)] grow basis-96">
          <h1 className="text-3xl wrap-anywhere">
            <span className="font-normal text-soft">{model.slugowner}/</span>
            {model.slugproject}
          </h1>
          <p className="mt-2 max-w-2xl text-lg text-soft">{model.description}</p>
          <ul className="mt-3 flex flex-wrap gap-2" aria-label="Categories">
            {model.categories.map((name) => (
              <li key={name}>
                <Link
                  to="/models"
                  search={{ category: name }}
                  className="inline-flex min-h-7 items-center rounded-full border border-line bg-card px-2.5 text-sm hover:border-edge"
                >
                  {categoryTitle(name)}
                </Link>
              </li>
            ))}
          </ul>
        </div>
        <div className="flex flex-wrap gap-2">
          <Button size="small" onClick={() => void promptFor().then(({ copyPrompt }) => copyPrompt(path, inputs))}>
            <Icon name="copy" className="size-4" />
            Copy prompt for LLM
          </Button>
          <details className="sm:relative" name="menu" onToggle={(event) => setOpen(event.currentTarget.open)}>
            <summary className={`${buttonClass("plain", "small")} list-none [&::-webkit-details-marker]:hidden`}>
              Open in …
            </summary>
            {isOpen && (
              <Suspense fallback={null}>
                <OpenIn path={path} inputs={inputs} />
              </Suspense>
            )}
          </details>
          <a href={`${path}/llms.txt`} className={buttonClass("plain", "small")}>
            View as Markdown
          </a>
          <a href={`${path}/llms-full.txt`} className={buttonClass("plain", "small")}>
            View as Markdown (Full)
          </a>
        </div>
      </div>
      {facts.pull && !facts.pull.installed && (
        <p className="mt-4 flex items-start gap-2 rounded-md bg-wait-wash px-4 py-2.5 text-wait">
          <Icon name="download" className="mt-0.5 size-5" />
          <span>
            Not installed: its weights{facts.pull.bytes === null ? "" : ` (${gigabytes(facts.pull.bytes)})`} are on no
            worker yet. The operator of this server fetches them with <code>{facts.pull.command}</code>
          </span>
        </p>
      )}
      {facts.lifecycle !== "live" && (
        <p className="mt-4 flex items-start gap-2 rounded-md bg-wait-wash px-4 py-2.5 text-wait">
          <Icon name="alert" className="mt-0.5 size-5" />
          {facts.lifecycle === "retired"
            ? "This model is retired: it can be read about, and no longer run."
            : "This model is a preview: its inputs, results and price may still change."}
        </p>
      )}
      <dl className="mt-5 flex flex-wrap gap-x-8 gap-y-3 border-y border-line py-3.5">
        {figures.map(([term, value]) => (
          <div key={term}>
            <dt className="text-sm text-soft">{term}</dt>
            <dd className="font-semibold tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
    </header>
  );
}

function gigabytes(bytes: number): string {
  return bytes < 1e9 ? `${Math.ceil(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
