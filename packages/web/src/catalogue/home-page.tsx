import { getRouteApi, Link } from "@tanstack/react-router";
import { buttonClass } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { Icon } from "../ui/icons.tsx";
import { categoryTitle } from "./describe.ts";
import { CardGrid } from "./model-card.tsx";

const route = getRouteApi("/");

/** Rows far below the window are laid out, and their pictures loaded, when it comes near. The margins are for what stands out: outlines, shadows. */
const LOWER =
  "-mx-2 px-2 pt-2 pb-3 [content-visibility:auto] print:[content-visibility:visible] [contain-intrinsic-size:auto_26rem]";

export function HomePage() {
  const { rows, categories } = route.useLoaderData();
  return (
    <>
      <section className="grid gap-6 border-b border-line pt-6 pb-10 sm:pt-12 sm:pb-14">
        <h1 className="max-w-3xl text-4xl tracking-tight sm:text-5xl">
          AI models to try here, and to call from your own program.
        </h1>
        <p className="max-w-2xl text-lg text-soft">
          Each model has a form, a price that is known before the run, and code for nine languages that works with what
          you typed.
        </p>
        <search>
          <form action="/models" method="get" className="flex max-w-xl gap-2">
            <label className="relative grow">
              <span className="sr-only">Search models</span>
              <Icon name="search" className="pointer-events-none absolute top-3 left-3 size-5 text-soft" />
              <input
                type="search"
                name="q"
                className="field min-h-11 pl-10"
                placeholder="Video, speech, background …"
              />
            </label>
            <button type="submit" className={`${buttonClass("primary")} min-h-11`}>
              Search
            </button>
          </form>
        </search>
      </section>
      {rows.length === 0 && (
        <div className="mt-10">
          <EmptyState
            sentence="No models are installed here yet. The server takes them from the folders it is started with."
            action={<code className="rounded bg-sunk px-2 py-1 font-mono text-sm">npm start -- --models DIR</code>}
          />
        </div>
      )}
      {rows.map(({ id, title, models, total, all }, index) => (
        <section key={id} className={`mt-8 ${index === 0 ? "" : LOWER}`} aria-labelledby={`row-${id}`}>
          <div className="mb-4 flex items-baseline justify-between gap-4">
            <h2 id={`row-${id}`} className="text-xl">
              {title}
            </h2>
            {all && (
              <Link to="/models" search={all} className="link text-sm">
                View all {total} <span className="sr-only">{title} models</span>
              </Link>
            )}
          </div>
          {/* On a phone four cards are as many screens; the list has them all. */}
          <div className={all ? "max-sm:[&>ul>li:nth-child(n+3)]:hidden" : undefined}>
            <CardGrid models={models} isTop={index === 0} />
          </div>
        </section>
      ))}
      {categories.length > 0 && (
        <nav aria-labelledby="categories-title" className="mt-10">
          <h2 id="categories-title" className="mb-4 text-xl">
            By category
          </h2>
          <ul className="flex flex-wrap gap-2">
            {categories.map(({ name, total }) => (
              <li key={name}>
                <Link
                  to="/models"
                  search={{ category: name }}
                  className="inline-flex min-h-8 items-center gap-1.5 rounded-full border border-line bg-card px-3 text-sm hover:border-edge"
                >
                  {categoryTitle(name)} <span className="text-soft tabular-nums">{total}</span>
                </Link>
              </li>
            ))}
          </ul>
        </nav>
      )}
    </>
  );
}
