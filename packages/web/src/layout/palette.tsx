/** The command palette: models by name, runs, pages, and a few things to do. A combobox over a list, as the ARIA authoring practices have it. */
import { useNavigate, useRouter } from "@tanstack/react-router";
import { type KeyboardEvent, useEffect, useId, useState } from "react";
import { kindOf, modelPath } from "../catalogue/describe.ts";
import { useEarns } from "../dashboard/use-earns.ts";
import { mayManageFor } from "../session/acting.ts";
import { useSession } from "../session/session-provider.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Icon, type IconName } from "../ui/icons.tsx";
import { PAGE, palettePages } from "./palette-pages.ts";
import { chooseTheme, currentTheme } from "./theme.ts";

interface Entry {
  key: string;
  icon: IconName;
  label: string;
  hint: string;
  run: () => void;
}

/** Time after the last letter until the server is asked, in milliseconds. Runs are looked through, models are listed. */
const PAUSE_MS = { models: 120, runs: 250 } as const;

type FoundState = "asking" | "answered" | "failed";

/** What the server finds for the text, a pause after its last letter. What was found before stays until then. */
function useFound<Row>(
  search: string,
  pause: number,
  ask: ((search: string) => Promise<readonly Row[]>) | undefined,
): { rows: readonly Row[]; state: FoundState } {
  const [found, setFound] = useState<{ for: string; rows: readonly Row[]; failed: boolean }>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another text is another question; how it is asked stays
  useEffect(() => {
    if (!ask) return;
    let current = true;
    const timer = setTimeout(async () => {
      const answer = await ask(search).catch(() => undefined);
      if (current) setFound({ for: search, rows: answer ?? [], failed: answer === undefined });
    }, pause);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [search, pause, ask === undefined]);
  if (!ask || !found) return { rows: [], state: ask ? "asking" : "answered" };
  const state = found.for !== search ? "asking" : found.failed ? "failed" : "answered";
  return { rows: found.rows, state };
}

function useModels(search: string) {
  const { models } = useRouter().options.context;
  const sort = search === "" ? { sort: "runs" as const } : {};
  return useFound(search, PAUSE_MS.models, async () => (await models.list({ search, limit: 8, ...sort })).models);
}

function useRuns(search: string) {
  const session = useSession();
  const ask = async () => (await import("./palette-runs.ts")).findRuns(session, search);
  return useFound(search, PAUSE_MS.runs, session.state === "in" && search !== "" ? ask : undefined);
}

function usePages() {
  const session = useSession();
  const acting = session.state === "in" ? session.acting : undefined;
  const isOperator = session.state === "in" && session.account.role === "operator" && !acting;
  return palettePages({ manages: mayManageFor(acting), earns: useEarns(), isOperator });
}

export function Palette({ onClose, onShortcuts }: { onClose: () => void; onShortcuts: () => void }) {
  const [text, setText] = useState("");
  const [active, setActive] = useState(0);
  const navigate = useNavigate();
  const list = useId();
  const search = text.trim();
  const models = useModels(search);
  const runs = useRuns(search);
  const pages = usePages();
  const isIn = useSession().state === "in";
  const fits = (label: string) => label.toLowerCase().includes(search.toLowerCase());

  const go = (href: string) => {
    onClose();
    // Files for programs are no pages of this app.
    if (/\.\w+$/.test(href)) location.assign(href);
    else void navigate({ href });
  };
  const actions: Entry[] = [
    {
      key: "action-theme",
      icon: "moon",
      label: "Switch between light and dark",
      hint: "Action",
      run: () => chooseTheme(currentTheme() === "dark" ? "light" : "dark"),
    },
    { key: "action-keys", icon: "text", label: "Keyboard shortcuts", hint: "Action", run: onShortcuts },
  ];
  const entries: Entry[] = [
    ...models.rows.map((model) => ({
      key: `model-${model.id}`,
      icon: kindOf(model),
      label: `${model.slugowner}/${model.slugproject}`,
      hint: model.title,
      run: () => go(modelPath(model)),
    })),
    ...runs.rows.map(({ id, model, words }) => ({
      key: `run-${id}`,
      icon: "history" as const,
      label: `Run ${id}`,
      hint: [model, words].filter(Boolean).join(" · "),
      run: () => go(`/runs/${id}`),
    })),
    ...pages
      .filter(({ label, group }) => fits(label) || (group !== PAGE && fits(group)))
      .map(({ to, label, group }) => ({
        key: `page-${to}`,
        icon: "right" as const,
        label,
        hint: group,
        run: () => go(to),
      })),
    ...actions.filter(({ label }) => fits(label)),
  ];
  const chosen = entries[Math.min(active, entries.length - 1)];
  const chosenId = chosen ? `${list}-${chosen.key}` : undefined;
  useEffect(() => {
    if (chosenId) document.getElementById(chosenId)?.scrollIntoView({ block: "nearest" });
  }, [chosenId]);

  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0 && entries.length > 0) {
      event.preventDefault();
      setActive((Math.min(active, entries.length - 1) + step + entries.length) % entries.length);
    }
    if (event.key === "Enter") {
      event.preventDefault();
      chosen?.run();
    }
  };

  return (
    <Dialog title="Search models and pages" onClose={onClose} bare>
      <div className="flex items-center gap-3 border-b border-line px-4">
        <Icon name="search" />
        <input
          role="combobox"
          aria-label="Search models and pages"
          aria-expanded="true"
          aria-controls={list}
          aria-activedescendant={chosenId}
          aria-autocomplete="list"
          autoComplete="off"
          spellCheck={false}
          className="min-h-14 grow bg-transparent text-base outline-none"
          placeholder={isIn ? "A model, a run, a page, an action" : "A model, a page, an action"}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div role="listbox" id={list} aria-label="Results" className="max-h-96 overflow-auto p-2">
        {entries.map((entry) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are handled by the field, which keeps the focus
          // biome-ignore lint/a11y/useFocusableInteractive: options of a combobox are not focused themselves
          <div
            key={entry.key}
            id={`${list}-${entry.key}`}
            role="option"
            aria-selected={entry === chosen}
            className="flex cursor-pointer items-center gap-3 rounded-md px-3 py-2 aria-selected:bg-signal-wash"
            onClick={entry.run}
          >
            <Icon name={entry.icon} className="size-5 text-soft" />
            <span className="shrink-0">{entry.label}</span>
            <span className="ml-auto truncate text-sm text-soft">{entry.hint}</span>
          </div>
        ))}
      </div>
      <p role="status" className="border-t border-line px-4 py-2.5 text-sm text-soft">
        {statusWords(search, { models: models.state, runs: runs.state, none: models.rows.length === 0 })}
      </p>
    </Dialog>
  );
}

function statusWords(search: string, found: { models: FoundState; runs: FoundState; none: boolean }): string {
  if (found.models === "failed") return "The models could not be searched: the server did not answer.";
  if (found.runs === "failed") return "Your runs could not be searched: the server did not answer.";
  if (found.models === "answered" && found.none) return `No model fits “${search}”.`;
  return "↑ ↓ to choose, Enter to open, Esc to close";
}
