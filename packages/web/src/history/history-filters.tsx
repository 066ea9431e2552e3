import type { TASK_OUTCOMES } from "@modelyard/contract";
import type { Project } from "@modelyard/sdk";
import { Link, useNavigate } from "@tanstack/react-router";
import { useId, useRef } from "react";
import { counted } from "../catalogue/describe.ts";
import { Button } from "../ui/button.tsx";
import { type HistorySearch, isNarrowed, readHistorySearch } from "./history-search.ts";

const TABS = [
  { label: "All", status: undefined },
  { label: "Going on", status: "active" },
  { label: "Done", status: "done" },
  { label: "Failed", status: "failed" },
  { label: "Stopped", status: "cancelled" },
] as const satisfies readonly { label: string; status: (typeof TASK_OUTCOMES)[number] | undefined }[];

interface HistoryFiltersProps {
  search: HistorySearch;
  projects: readonly Project[];
  /** That the account's runs have. */
  tags: readonly { tag: string; runs: number }[];
}

/** The state of the list is its address: a filtered list can be linked to. */
export function HistoryFilters({ search, projects, tags }: HistoryFiltersProps) {
  const navigate = useNavigate();
  const form = useRef<HTMLFormElement>(null);
  const tagList = useId();
  const apply = () => {
    if (!form.current) return;
    const fields = Object.fromEntries(new FormData(form.current));
    void navigate({
      to: "/runs",
      search: { ...readHistorySearch(fields), status: search.status },
      replace: true,
      resetScroll: false,
    });
  };
  return (
    <search>
      <nav aria-label="Status">
        <ul className="flex flex-wrap gap-2">
          {TABS.map(({ label, status }) => {
            const isCurrent = search.status === status;
            return (
              <li key={label}>
                <Link
                  to="/runs"
                  search={{ ...search, status }}
                  resetScroll={false}
                  aria-current={isCurrent ? "true" : undefined}
                  className={`inline-flex min-h-8 items-center rounded-full border px-3 text-sm ${isCurrent ? "border-signal bg-signal-wash font-semibold" : "border-line bg-card hover:border-edge"}`}
                >
                  {label}
                </Link>
              </li>
            );
          })}
        </ul>
      </nav>
      <form
        // Cleared filters and steps back change the address without the fields.
        key={isNarrowed({ ...search, status: undefined }) ? "narrowed" : "open"}
        ref={form}
        className="mt-4 flex flex-wrap items-end gap-3"
        onChange={(event) => {
          // Text is applied with Enter or when it is left; choices at once.
          if ((event.target as HTMLElement).tagName === "SELECT") apply();
        }}
        onSubmit={(event) => {
          event.preventDefault();
          apply();
        }}
      >
        <label className="grid min-w-[min(13rem,100%)] grow gap-1 sm:max-w-sm">
          <span className="text-sm text-soft">Text of the inputs, or a run's number</span>
          <input type="search" name="q" className="field" defaultValue={search.q} autoComplete="off" />
        </label>
        <label className="grid gap-1">
          <span className="text-sm text-soft">Model</span>
          <input name="model" className="field w-44" defaultValue={search.model} autoComplete="off" />
        </label>
        {(tags.length > 0 || search.tag !== undefined) && (
          <>
            <label className="grid gap-1">
              <span className="text-sm text-soft">Tag</span>
              <input name="tag" list={tagList} className="field w-36" defaultValue={search.tag} autoComplete="off" />
            </label>
            <datalist id={tagList}>
              {tags.map(({ tag, runs }) => (
                <option key={tag} value={tag}>
                  {counted(runs, "run")}
                </option>
              ))}
            </datalist>
          </>
        )}
        {projects.length > 1 && (
          <label className="grid gap-1">
            <span className="text-sm text-soft">Project</span>
            <select name="project" className="field w-auto max-w-52" defaultValue={search.project ?? ""}>
              <option value="">All</option>
              {projects.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        )}
        <label className="grid gap-1">
          <span className="text-sm text-soft">From (UTC)</span>
          <input type="date" name="from" className="field w-auto" defaultValue={search.from} />
        </label>
        <label className="grid gap-1">
          <span className="text-sm text-soft">To</span>
          <input type="date" name="to" className="field w-auto" defaultValue={search.to} />
        </label>
        <label className="grid gap-1">
          <span className="text-sm text-soft">Cost from $</span>
          <input name="min" className="field w-24" inputMode="decimal" defaultValue={search.min} autoComplete="off" />
        </label>
        <label className="grid gap-1">
          <span className="text-sm text-soft">to $</span>
          <input name="max" className="field w-24" inputMode="decimal" defaultValue={search.max} autoComplete="off" />
        </label>
        <Button type="submit">Apply</Button>
      </form>
    </search>
  );
}
