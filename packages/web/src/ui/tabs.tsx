/** Tabs of one place on a page: one tab stop, arrow keys move between them (WAI-ARIA Authoring Practices, "Tabs"). */
import { type KeyboardEvent, type ReactNode, useRef } from "react";

interface TabsProps<Id extends string> {
  label: string;
  tabs: readonly { id: Id; text: string }[];
  selected: Id;
  onSelect: (id: Id) => void;
}

export function Tabs<Id extends string>({ label, tabs, selected, onSelect }: TabsProps<Id>) {
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = tabs.findIndex(({ id }) => id === selected);
    const next = tabs[(at + step + tabs.length) % tabs.length];
    if (!next) return;
    onSelect(next.id);
    list.current?.querySelector<HTMLElement>(`#tab-${next.id}`)?.focus();
  };
  return (
    <div
      ref={list}
      role="tablist"
      aria-label={label}
      className="flex gap-1 rounded-md border border-line p-0.5"
      onKeyDown={onKeyDown}
    >
      {tabs.map(({ id, text }) => (
        <button
          key={id}
          id={`tab-${id}`}
          type="button"
          role="tab"
          aria-selected={id === selected}
          aria-controls={`panel-${id}`}
          tabIndex={id === selected ? 0 : -1}
          className={`min-h-8 rounded-sm px-3 text-sm ${id === selected ? "bg-ink font-semibold text-paper" : "text-soft hover:bg-sunk hover:text-ink"}`}
          onClick={() => onSelect(id)}
        >
          {text}
        </button>
      ))}
    </div>
  );
}

export function TabPanel({ id, selected, children }: { id: string; selected: string; children: ReactNode }) {
  return (
    <div role="tabpanel" id={`panel-${id}`} aria-labelledby={`tab-${id}`} hidden={id !== selected}>
      {children}
    </div>
  );
}
