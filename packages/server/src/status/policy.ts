/** Pure rules of the status page: days and gaps out of samples, one for each minute in which the server was there. */
import type { StatusDay, StatusGap } from "@modelyard/contract";
import type { Sample } from "./store.ts";

export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;

export type Seen = Pick<Sample, "at" | "workers" | "paused">;

const isRunning = ({ workers, paused }: Seen): boolean => workers > 0 && paused === 0;

/** One day's minutes. `since`: the first sample of all; `now`: the minute that runs is not over and does not count, unless it has a sample. */
export function dayOf(start: number, samples: readonly Seen[], times: { since: number; now: number }): StatusDay {
  const from = Math.max(start, times.since);
  const to = Math.min(start + DAY, Math.floor(times.now / MINUTE) * MINUTE);
  const passed = Math.max(0, Math.round((to - from) / MINUTE));
  const up = samples.length;
  return {
    day: new Date(start).toISOString().slice(0, 10),
    minutes: String(Math.max(passed, up)),
    up: String(up),
    running: String(samples.filter(isRunning).length),
  };
}

/** A minute more or less is no gap: timers drift, and a restart takes a moment. */
const SHORTEST = 2 * MINUTE;

const seconds = (ms: number): string => String(Math.floor(ms / 1000));

/** What was missing, the newest first. `samples`: the oldest first. */
export function gapsOf(samples: readonly Seen[], now: number): StatusGap[] {
  const gaps: StatusGap[] = [];
  let stoppedAt: number | undefined;
  let last: Seen | undefined;
  const close = (to: number | undefined) => {
    if (stoppedAt !== undefined && (to ?? now) - stoppedAt >= SHORTEST)
      gaps.push({ kind: "stopped", from: seconds(stoppedAt), to: to === undefined ? "0" : seconds(to) });
    stoppedAt = undefined;
  };
  for (const sample of samples) {
    const expected = (last?.at ?? sample.at - MINUTE) + MINUTE;
    if (sample.at - expected >= SHORTEST) {
      close(expected);
      gaps.push({ kind: "down", from: seconds(expected), to: seconds(sample.at) });
    }
    if (isRunning(sample)) close(sample.at);
    else stoppedAt ??= sample.at;
    last = sample;
  }
  close(undefined);
  return gaps.reverse();
}
