/** Keys that work on every page: the palette (Ctrl or ⌘ + K) and the sheet of shortcuts (?). What they open is loaded when first opened. */
import { lazy, Suspense, useEffect, useState } from "react";
import { singleKeysOn } from "./single-keys.ts";

const Palette = lazy(async () => ({ default: (await import("./palette.tsx")).Palette }));
const Shortcuts = lazy(async () => ({ default: (await import("./shortcuts.tsx")).Shortcuts }));

type Opened = "palette" | "shortcuts" | undefined;
let open: (what: Opened) => void = () => {};

export function openPalette(): void {
  open("palette");
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

export function CommandKeys() {
  const [opened, setOpened] = useState<Opened>();
  useEffect(() => {
    open = setOpened;
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        setOpened("palette");
      } else if (event.key === "?" && !isTyping(event.target) && singleKeysOn()) {
        setOpened("shortcuts");
      } else if (event.key === "/" && !isTyping(event.target) && singleKeysOn()) {
        event.preventDefault();
        setOpened("palette");
      }
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  const close = () => setOpened(undefined);
  return (
    <Suspense fallback={null}>
      {opened === "palette" && <Palette onClose={close} onShortcuts={() => setOpened("shortcuts")} />}
      {opened === "shortcuts" && <Shortcuts onClose={close} />}
    </Suspense>
  );
}
