/** Short notices in a corner. Never the only carrier of a fact; screen readers hear them in a live region that is always there. */
import { useSyncExternalStore } from "react";

interface Toast {
  id: number;
  text: string;
  tone: "good" | "bad";
}

const SHOWN_MS = 5_000;
let toasts: readonly Toast[] = [];
let spoken = "";
let nextId = 1;
const listeners = new Set<() => void>();

const changed = () => {
  for (const listener of listeners) listener();
};
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

export function toast(text: string, tone: Toast["tone"] = "good"): void {
  const id = nextId++;
  toasts = [...toasts.slice(-2), { id, text, tone }];
  spoken = text;
  changed();
  setTimeout(() => {
    toasts = toasts.filter((one) => one.id !== id);
    changed();
  }, SHOWN_MS);
}

/** Says it to screen readers only, politely: a run's stages, not every percent. */
export function announce(text: string): void {
  spoken = text;
  changed();
}

const NONE: readonly Toast[] = [];

export function Toasts() {
  const shown = useSyncExternalStore(
    subscribe,
    () => toasts,
    () => NONE,
  );
  const said = useSyncExternalStore(
    subscribe,
    () => spoken,
    () => "",
  );
  return (
    <>
      <div role="status" aria-live="polite" className="sr-only">
        {said}
      </div>
      <div className="pointer-events-none fixed right-4 bottom-4 z-40 flex flex-col items-end gap-2" aria-hidden="true">
        {shown.map(({ id, text, tone }) => (
          <p
            key={id}
            className={`max-w-sm rounded-md border px-4 py-2.5 shadow-lg ${tone === "good" ? "border-good bg-good-wash text-good" : "border-bad bg-bad-wash text-bad"}`}
          >
            {text}
          </p>
        ))}
      </div>
    </>
  );
}
