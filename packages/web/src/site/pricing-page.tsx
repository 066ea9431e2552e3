/** Every model with its price, and how many runs a budget is good for. */
import { type PriceMethod, perUnit } from "@modelyard/contract";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { duration } from "../catalogue/describe.ts";
import { buttonClass } from "../ui/button.tsx";
import { dollars } from "../ui/dollars.ts";
import { EmptyState } from "../ui/empty-state.tsx";
import { runsFor } from "./budget.ts";
import type { PricedModel } from "./load.ts";

const route = getRouteApi("/pricing");

/** Dollars that the slider goes up to; more can be typed. */
const MOST = 200;

export function PricingPage() {
  const models = route.useLoaderData();
  const [budget, setBudget] = useState(10);
  const [search, setSearch] = useState("");
  const wanted = search.trim().toLowerCase();
  const shown = models.filter(({ name, title }) => `${name} ${title}`.toLowerCase().includes(wanted));
  return (
    <>
      <h1 className="text-3xl">Pricing</h1>
      <p className="mt-1 max-w-2xl text-soft">
        You pay for runs that succeed, and for nothing else: no subscription, no charge for waiting, and what fails is
        free. What a run costs at most is set aside while it goes on.
      </p>
      <div className="mt-6 grid items-end gap-4 rounded-lg border border-line bg-card p-5 md:grid-cols-[minmax(0,1fr)_auto_minmax(12rem,18rem)]">
        <label className="grid gap-1">
          <span className="font-semibold">Your budget</span>
          <input
            type="range"
            className="h-10 w-full"
            min={1}
            max={MOST}
            value={Math.min(budget, MOST)}
            aria-valuetext={`${budget} dollars`}
            onChange={(event) => setBudget(Number(event.target.value))}
          />
        </label>
        <label className="grid gap-1">
          <span className="text-sm text-soft">in US dollars</span>
          <input
            type="number"
            className="field w-32"
            min={1}
            max={1_000_000}
            value={budget}
            onChange={(event) => setBudget(Math.max(0, Math.min(1_000_000, Math.trunc(Number(event.target.value)))))}
          />
        </label>
        <label className="grid gap-1">
          <span className="text-sm text-soft">Only models with</span>
          <input type="search" className="field" value={search} onChange={(event) => setSearch(event.target.value)} />
        </label>
      </div>
      <h2 className="sr-only">Models</h2>
      <div className="mt-6">
        {shown.length === 0 ? (
          <EmptyState
            sentence={models.length === 0 ? "No models are installed here yet." : "No model fits these words."}
            action={
              <Link to="/models" className={buttonClass("plain")}>
                See all models
              </Link>
            }
          />
        ) : (
          <ul className="divide-y divide-line rounded-lg border border-line bg-card">
            {shown.map((model) => (
              <Price key={model.name} model={model} budget={budget} />
            ))}
          </ul>
        )}
      </div>
    </>
  );
}

interface Tier {
  inputs: Record<string, string | string[]>;
  price: number;
  priceMethod: PriceMethod;
}

const isFree = ({ price, priceMethod }: Tier) => price === 0 && priceMethod !== "cp-readoutput";
const numbers = new Intl.NumberFormat("en");
const SURENESS = { exact: "", about: "about ", least: "at least " } as const;

function Price({ model, budget }: { model: PricedModel; budget: number }) {
  const { name, path, title, quote } = model;
  const runs = runsFor(budget, quote);
  const tiers = JSON.parse(model.tiers) as Tier[];
  return (
    <li className="grid gap-x-6 gap-y-2 px-5 py-4 md:grid-cols-[minmax(0,5fr)_minmax(0,5fr)_minmax(0,3fr)]">
      <div className="min-w-0">
        <Link to="/models/$owner/$model" params={path} className="link font-semibold wrap-anywhere">
          {name}
        </Link>
        <p className="text-sm text-soft">{title}</p>
      </div>
      <div className="min-w-0">
        <ul className="grid gap-0.5">
          {tiers.map((tier) => (
            <li key={JSON.stringify(tier)} className="tabular-nums">
              {tier.priceMethod === "cp-readoutput" ? (
                <>
                  {/* Of an app the most is known, of a model alone it is not a part of its price. */}
                  <span className="text-soft">
                    {tier.price > 0 ? "what its steps cost, up to " : "what it says that it cost"}
                  </span>
                  {tier.price > 0 && dollars(tier.price)}
                </>
              ) : (
                <>
                  {dollars(tier.price)} <span className="text-soft">{perUnit(tier.priceMethod)}</span>
                </>
              )}
              {Object.keys(tier.inputs).length > 0 && (
                <span className="text-sm text-soft"> with {conditions(tier.inputs)}</span>
              )}
            </li>
          ))}
        </ul>
        <p className="text-sm text-soft">
          {quote.exact ? "" : `at most ${dollars(quote.hold)} a run`}
          {!quote.exact && quote.estimatedseconds !== null && ", "}
          {quote.estimatedseconds !== null && `typically takes ${duration(quote.estimatedseconds)}`}
        </p>
      </div>
      <p className="tabular-nums md:text-right">
        {runs ? (
          <>
            {SURENESS[runs.sureness]}
            <b className="text-lg font-semibold">{numbers.format(runs.count)}</b> {runs.count === 1n ? "run" : "runs"}{" "}
            <span className="text-soft">for ${numbers.format(budget)}</span>
          </>
        ) : (
          // What costs nothing with the form as it opens may have a price: of a text by its length, of an app by its files.
          <span className="text-soft">{tiers.every(isFree) ? "free" : "by what you give it"}</span>
        )}
      </p>
    </li>
  );
}

/** `resolution 1080p, 4 files of images`. */
function conditions(inputs: Tier["inputs"]): string {
  return Object.entries(inputs)
    .map(([name, values]) => {
      const options = (Array.isArray(values) ? values : [values]).map((value) => value.replace("QUANTITY:", ""));
      return `${name} ${options.join(" or ")}`;
    })
    .join(", ");
}
