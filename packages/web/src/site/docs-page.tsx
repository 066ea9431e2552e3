/** One page of the documentation, with the others at its left and its own headings at its right. */
import type { DocumentEntry } from "@modelyard/contract";
import { getRouteApi, Link } from "@tanstack/react-router";
import { DocumentHtml } from "./document-html.tsx";

const route = getRouteApi("/docs/$");

export function DocsPage() {
  const { document, list } = route.useLoaderData();
  const at = list.findIndex(({ name }) => name === document.name);
  return (
    <div className="grid gap-x-10 gap-y-6 lg:grid-cols-[13rem_minmax(0,1fr)] xl:grid-cols-[13rem_minmax(0,1fr)_13rem]">
      <details className="rounded-lg border border-line bg-card lg:hidden" name="docs">
        <summary className="px-4 py-3 font-semibold">All pages</summary>
        <div className="px-4 pb-4">
          <Pages list={list} current={document.name} label="All pages, folded" />
        </div>
      </details>
      <div className="hidden lg:block">
        <div className="sticky top-20 max-h-[calc(100dvh-6rem)] overflow-y-auto pb-6">
          <Pages list={list} current={document.name} label="Pages of the documentation" />
        </div>
      </div>
      <article className="min-w-0 max-w-3xl">
        <p className="text-sm text-soft">{document.group}</p>
        <h1 className="mt-1 mb-6 text-3xl">{document.title}</h1>
        <DocumentHtml document={document} />
        <nav aria-label="Before and after" className="mt-12 flex justify-between gap-4 border-t border-line pt-4">
          <Neighbour entry={list[at - 1]} word="Before" />
          <Neighbour entry={list[at + 1]} word="Next" />
        </nav>
        <p className="mt-6 text-sm">
          <a href={`/docs/${document.name}.md`} className="link">
            This page as Markdown
          </a>
        </p>
      </article>
      {document.headings.length > 1 && (
        <nav aria-label="On this page" className="hidden xl:block">
          <div className="sticky top-20 max-h-[calc(100dvh-6rem)] overflow-y-auto pb-6">
            <p className="text-sm font-semibold">On this page</p>
            <ul className="mt-2 grid gap-1 border-l border-line text-sm">
              {document.headings.map(({ id, text, level }) => (
                <li key={id} className={level === 3 ? "pl-6" : "pl-3"}>
                  <a href={`#${id}`} className="block py-0.5 wrap-anywhere text-soft hover:text-ink">
                    {text}
                  </a>
                </li>
              ))}
            </ul>
          </div>
        </nav>
      )}
    </div>
  );
}

function Pages({ list, current, label }: { list: readonly DocumentEntry[]; current: string; label: string }) {
  const groups = Map.groupBy(list, ({ group }) => group);
  return (
    <nav aria-label={label} className="grid gap-5">
      {[...groups].map(([group, entries]) => (
        <div key={group}>
          <p className="text-sm font-semibold">{group}</p>
          <ul className="mt-1 text-sm">
            {entries.map(({ name, title }) => (
              <li key={name}>
                <Link
                  to="/docs/$"
                  params={{ _splat: name }}
                  // The introduction has two addresses.
                  aria-current={name === current ? "page" : undefined}
                  className="block rounded-md px-2 py-1 text-soft hover:bg-sunk hover:text-ink aria-[current=page]:bg-signal-wash aria-[current=page]:font-semibold aria-[current=page]:text-ink"
                >
                  {title}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}

function Neighbour({ entry, word }: { entry: DocumentEntry | undefined; word: string }) {
  if (!entry) return <span />;
  return (
    <Link to="/docs/$" params={{ _splat: entry.name }} className="min-w-0">
      <span className="block text-sm text-soft">{word}</span>
      <span className="link">{entry.title}</span>
    </Link>
  );
}
