import { getRouteApi, Link, useNavigate, useRouterState } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { buttonClass } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { Icon } from "../ui/icons.tsx";
import { categoryTitle, counted } from "./describe.ts";
import { type ListingSearch, PAGE_SIZE } from "./listing-search.ts";
import type { Listing } from "./load.ts";
import { CardGrid } from "./model-card.tsx";

const modelsRoute = getRouteApi("/models");
const appsRoute = getRouteApi("/apps");

/** Time after the last letter until the list follows, in milliseconds. */
const PAUSE_MS = 150;

interface ListingProps {
  kind: "models" | "apps";
  search: ListingSearch;
  listing: Listing;
}

const TEXTS = {
  models: { path: "/models", title: "Models", lead: "Everything that runs here." },
  apps: { path: "/apps", title: "Apps", lead: "Ready-made tools that put several models behind one form." },
} as const;

export function ModelsPage() {
  return <ListingPage kind="models" search={modelsRoute.useSearch()} listing={modelsRoute.useLoaderData()} />;
}

export function AppsPage() {
  return <ListingPage kind="apps" search={appsRoute.useSearch()} listing={appsRoute.useLoaderData()} />;
}

function ListingPage({ kind, search, listing }: ListingProps) {
  const { path, title, lead } = TEXTS[kind];
  const { models, total, categories, owners } = listing;
  const busy = useRouterState({ select: (state) => state.isLoading });
  const filtered = Boolean(search.q || search.owner || (kind === "models" && search.category));
  return (
    <>
      <h1 className="text-3xl">{title}</h1>
      <p className="mt-1 text-soft">{lead}</p>
      <SearchForm kind={kind} search={search} owners={owners} />
      {kind === "models" && <Categories categories={categories} search={search} />}
      <p role="status" className="mt-6 mb-3 text-sm text-soft">
        {counted(total, "model")}
        {search.q && <> for “{search.q}”</>}
      </p>
      <h2 className="sr-only">Results</h2>
      <div className={busy ? "opacity-60 transition-opacity delay-300" : ""} aria-busy={busy}>
        {models.length > 0 ? (
          <CardGrid models={models} isTop />
        ) : (
          <Nothing kind={kind} filtered={filtered} search={search} />
        )}
      </div>
      <Pages path={path} search={search} total={total} />
    </>
  );
}

/** A form of the browser's own that also follows each letter: without JavaScript the button does it. */
function SearchForm({ kind, search, owners }: Omit<ListingProps, "listing"> & { owners: readonly string[] }) {
  const { path } = TEXTS[kind];
  const navigate = useNavigate();
  const [text, setText] = useState(search.q ?? "");
  const field = useRef<HTMLInputElement>(null);
  // Back and forward change the address without the field.
  useEffect(() => {
    if (document.activeElement !== field.current) setText(search.q ?? "");
  }, [search.q]);
  useEffect(() => {
    const wanted = text.trim() === "" ? undefined : text.trim();
    if (wanted === search.q || document.activeElement !== field.current) return;
    const timer = setTimeout(
      () =>
        void navigate({
          to: path,
          search: { ...search, q: wanted, page: undefined },
          replace: true,
          resetScroll: false,
        }),
      PAUSE_MS,
    );
    return () => clearTimeout(timer);
  }, [text, search, navigate, path]);
  const set = (change: ListingSearch) =>
    void navigate({ to: path, search: { ...search, ...change, page: undefined }, resetScroll: false });

  return (
    <search>
      <form
        action={path}
        method="get"
        className="mt-5 flex flex-wrap gap-3"
        onSubmit={(event) => event.preventDefault()}
      >
        <label className="relative min-w-[min(14rem,100%)] grow sm:max-w-md">
          <span className="sr-only">Search {kind}</span>
          <Icon name="search" className="pointer-events-none absolute top-2.5 left-3 size-5 text-soft" />
          <input
            ref={field}
            type="search"
            name="q"
            className="field pl-10"
            placeholder="Name, task or word"
            autoComplete="off"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </label>
        {search.category && kind === "models" && <input type="hidden" name="category" value={search.category} />}
        {owners.length > 1 && (
          <label className="flex items-center gap-2">
            <span className="text-sm text-soft">Owner</span>
            <select
              name="owner"
              className="field w-auto"
              value={search.owner ?? ""}
              onChange={(event) => set({ owner: event.target.value || undefined })}
            >
              <option value="">All</option>
              {owners.map((owner) => (
                <option key={owner} value={owner}>
                  {owner}
                </option>
              ))}
            </select>
          </label>
        )}
        <label className="flex items-center gap-2">
          <span className="text-sm text-soft">Sort</span>
          <select
            name="sort"
            className="field w-auto"
            value={search.sort === "runs" && !search.q ? "" : (search.sort ?? "")}
            onChange={(event) =>
              set({ sort: event.target.value === "new" ? "new" : event.target.value === "runs" ? "runs" : undefined })
            }
          >
            <option value="">{search.q ? "Best match" : "Most used"}</option>
            {search.q && <option value="runs">Most used</option>}
            <option value="new">Newest</option>
          </select>
        </label>
        <noscript>
          <button type="submit" className={buttonClass("plain")}>
            Search
          </button>
        </noscript>
      </form>
    </search>
  );
}

function Categories({ categories, search }: { categories: Listing["categories"]; search: ListingSearch }) {
  if (categories.length < 2) return null;
  const chip = (name: string | undefined, label: ReactNode) => {
    const isCurrent = search.category === name;
    return (
      <li key={name ?? ""}>
        <Link
          to="/models"
          search={{ ...search, category: name, page: undefined }}
          resetScroll={false}
          aria-current={isCurrent ? "true" : undefined}
          className={`inline-flex min-h-8 items-center gap-1.5 rounded-full border px-3 text-sm ${isCurrent ? "border-signal bg-signal-wash font-semibold" : "border-line bg-card hover:border-edge"}`}
        >
          {label}
        </Link>
      </li>
    );
  };
  return (
    <nav aria-label="Categories" className="mt-4">
      <ul className="flex flex-wrap gap-2">
        {chip(undefined, "All")}
        {categories.map(({ name, total }) =>
          chip(
            name,
            <>
              {categoryTitle(name)} <span className="text-soft tabular-nums">{total}</span>
            </>,
          ),
        )}
      </ul>
    </nav>
  );
}

function Nothing({ kind, filtered, search }: { kind: "models" | "apps"; filtered: boolean; search: ListingSearch }) {
  if (filtered) {
    return (
      <EmptyState
        sentence={
          search.q
            ? `No ${kind === "apps" ? "app" : "model"} fits “${search.q}” with these filters.`
            : "No model fits these filters."
        }
        action={
          <Link to={TEXTS[kind].path} search={{}} className={buttonClass("plain")}>
            Clear the search
          </Link>
        }
      />
    );
  }
  if (kind === "apps") {
    return (
      <EmptyState
        sentence="There are no apps here yet. A model becomes one with the category app in its model.yaml."
        action={
          <Link to="/models" className={buttonClass("plain")}>
            See all models
          </Link>
        }
      />
    );
  }
  return (
    <EmptyState
      sentence="No models are installed here yet. The server takes them from the folders it is started with."
      action={<code className="rounded bg-sunk px-2 py-1 font-mono text-sm">npm start -- --models DIR</code>}
    />
  );
}

function Pages({ path, search, total }: { path: string; search: ListingSearch; total: number }) {
  const page = search.page ?? 1;
  const last = Math.max(1, Math.ceil(total / PAGE_SIZE));
  if (last === 1) return null;
  const link = (to: number, label: string) =>
    to >= 1 && to <= last ? (
      <Link to={path} search={{ ...search, page: to === 1 ? undefined : to }} className={buttonClass("plain")}>
        {label}
      </Link>
    ) : null;
  return (
    <nav aria-label="Pages" className="mt-8 flex items-center justify-center gap-4">
      {link(page - 1, "Previous")}
      <span className="text-sm text-soft tabular-nums">
        Page {page} of {last}
      </span>
      {link(page + 1, "Next")}
    </nav>
  );
}
