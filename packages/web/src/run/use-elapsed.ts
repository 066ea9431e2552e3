import { useEffect, useState } from "react";

/** Seconds since then, counted once a second until it is over; undefined before the beginning. */
export function useElapsed(since: number | undefined, over: boolean): number | undefined {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (since === undefined || over) return;
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [since, over]);
  return since === undefined ? undefined : Math.max(0, Math.round((now - since) / 1000));
}
