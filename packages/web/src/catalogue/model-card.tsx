import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Icon } from "../ui/icons.tsx";
import type { Card } from "./card.ts";
import { count, counted } from "./describe.ts";

/** A model in a list. The whole card is the link's target; its name is the link's text. */
export function ModelCard({ model, isFirst = false }: { model: Card; isFirst?: boolean }) {
  return (
    <article className="group relative flex flex-col overflow-hidden rounded-lg border border-line bg-card transition-shadow hover:shadow-lg focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-signal">
      <ModelPicture model={model} isFirst={isFirst} />
      <div className="flex grow flex-col gap-1.5 p-4">
        <h3 className="text-base wrap-anywhere">
          <Link
            to="/models/$owner/$model"
            params={{ owner: model.cleanslugowner, model: model.cleanslugproject }}
            className="outline-none after:absolute after:inset-0"
          >
            <span className="font-normal text-soft">{model.slugowner}/</span>
            {model.slugproject}
          </Link>
        </h3>
        <p className="line-clamp-2 text-sm text-soft">{model.description}</p>
        <dl className="mt-auto flex flex-wrap gap-x-4 gap-y-1 pt-2 text-sm">
          <Fact term="Price">{model.price}</Fact>
          <Fact term="Run time">
            {model.computingtime.replace(" seconds", " s") || (
              <>
                <span aria-hidden="true">–</span>
                <span className="sr-only">not known yet</span>
              </>
            )}
          </Fact>
          <Fact term="Runs">{`${count(model.runs)} ${model.runs === 1 ? "run" : "runs"}`}</Fact>
          {model.rating !== undefined && <Fact term="Rating">{`${model.rating} of 5`}</Fact>}
          <Fact term="Comments">{counted(model.comments, "comment")}</Fact>
        </dl>
      </div>
    </article>
  );
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div>
      <dt className="sr-only">{term}</dt>
      <dd className="tabular-nums">{children}</dd>
    </div>
  );
}

/** The first card of a page is in the window, and the largest thing in it: its picture is asked for with the page. */
const AT_ONCE = { fetchPriority: "high" } as const;
const LATER = { loading: "lazy", decoding: "async" } as const;

function ModelPicture({ model, isFirst }: { model: Card; isFirst: boolean }) {
  const frame = "aspect-16/10 w-full border-b border-line";
  if (model.image !== "") {
    return (
      <img
        src={model.image}
        alt=""
        {...(isFirst ? AT_ONCE : LATER)}
        width="640"
        height="400"
        className={`${frame} squares object-cover`}
      />
    );
  }
  return (
    <div className={`${frame} grid place-items-center bg-signal-wash text-signal`}>
      <Icon name={model.kind} className="size-14" />
    </div>
  );
}

/** `isTop`: it is what its page begins with. */
export function CardGrid({ models, isTop = false }: { models: readonly Card[]; isTop?: boolean }) {
  return (
    <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(17.5rem,100%),1fr))] gap-5">
      {models.map((model, index) => (
        <li key={model.id} className="grid">
          <ModelCard model={model} isFirst={isTop && index === 0} />
        </li>
      ))}
    </ul>
  );
}
