import { useEffect } from "react";

/** Calls again and again while the page is looked at. */
export function useRepeated(act: () => void, everyMs: number): void {
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") act();
    }, everyMs);
    return () => clearInterval(timer);
  }, [act, everyMs]);
}
