/** The command palette: models by name, pages, and a few things to do. A combobox over a list, as the ARIA authoring practices have it. */
import type { Tool } from "@modelyard/contract";
import { useNavigate, useRouter } from "@tanstack/react-router";
import { type KeyboardEvent, useEffect, useId, useState } from "react";
import { kindOf, modelPath } from "../catalogue/describe.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Icon, type IconName } from "../ui/icons.tsx";
import { ACCOUNT_NAVIGATION, NAVIGATION } from "./navigation.ts";
import { chooseTheme, currentTheme } from "./theme.ts";

interface Entry {
  key: string;
  icon: IconName;
  label: string;
  hint: string;
  run: () => void;
}

/** Time after the last letter until the server is asked, in milliseconds. */
const PAUSE_MS = 120;

function useFound(search: string): { models: readonly Tool[]; state: "asking" | "answered" | "failed" } {
  const { models } = useRouter().options.context;
  const [found, setFound] = useState<{ for: string; models: Tool[] } | "failed">();
  useEffect(() => {
    let current = true;
    const timer = setTimeout(async () => {
      try {
        const answer = await models.list({ search, limit: 8, ...(search ? {} : { sort: "runs" as const }) });
        if (current) setFound({ for: search, models: answer.models });
      } catch {
        if (current) setFound("failed");
      }
    }, PAUSE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [search, models]);
  if (found === "failed") return { models: [], state: "failed" };
  return { models: found?.models ?? [], state: found?.for === search ? "answered" : "asking" };
}

export function Palette({ onClose, onShortcuts }: { onClose: () => void; onShortcuts: () => void }) {
  const [text, setText] = useState("");
  const [active, setActive] = useState(0);
  const navigate = useNavigate();
  const list = useId();
  const search = text.trim();
  const { models, state } = useFound(search);
  const fits = (label: string) => label.toLowerCase().includes(search.toLowerCase());

  const go = (href: string) => {
    onClose();
    void navigate({ href });
  };
  const actions: Entry[] = [
    {
      key: "theme",
      icon: "moon",
      label: "Switch between light and dark",
      hint: "Action",
      run: () => chooseTheme(currentTheme() === "dark" ? "light" : "dark"),
    },
    { key: "keys", icon: "text", label: "Keyboard shortcuts", hint: "Action", run: onShortcuts },
  ];
  const entries: Entry[] = [
    ...models.map((model) => ({
      key: model.id,
      icon: kindOf(model),
      label: `${model.slugowner}/${model.slugproject}`,
      hint: model.title,
      run: () => go(modelPath(model)),
    })),
    ...[...NAVIGATION, ...ACCOUNT_NAVIGATION]
      .filter(({ label }) => fits(label))
      .map(({ to, label }) => ({
        key: to,
        icon: "right" as const,
        label,
        hint: "Page",
        run: () => go(to),
      })),
    ...actions.filter(({ label }) => fits(label)),
  ];
  const chosen = entries[Math.min(active, entries.length - 1)];

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
          aria-activedescendant={chosen ? `${list}-${chosen.key}` : undefined}
          aria-autocomplete="list"
          autoComplete="off"
          spellCheck={false}
          className="min-h-14 grow bg-transparent text-base outline-none"
          placeholder="A model, a page, an action"
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
        {state === "failed"
          ? "The models could not be searched: the server did not answer."
          : state === "answered" && models.length === 0
            ? `No model fits “${search}”.`
            : "↑ ↓ to choose, Enter to open, Esc to close"}
      </p>
    </Dialog>
  );
}
