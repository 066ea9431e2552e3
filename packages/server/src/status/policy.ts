/** Pure rules of the status page: days and gaps out of samples, one for each minute in which the server was there. */
import type { StatusDay, StatusGap } from "@modelyard/contract";
import type { Sample } from "./store.ts";

export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;

export type Seen = Pick<Sample, "at" | "workers" | "paused">;

/** Why nothing was started in this minute; undefined where runs were. A pause is the reason whether workers are there or not. */
const kindOf = ({ workers, paused }: Seen): "paused" | "stopped" | undefined =>
  paused !== 0 ? "paused" : workers > 0 ? undefined : "stopped";

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
    running: String(samples.filter((sample) => kindOf(sample) === undefined).length),
    paused: String(samples.filter((sample) => kindOf(sample) === "paused").length),
  };
}

const seconds = (ms: number): string => String(Math.floor(ms / 1000));

/** What was missing, the newest first: every minute that a day counts as missing is in one of them. `samples`: the oldest first. */
export function gapsOf(samples: readonly Seen[]): StatusGap[] {
  const gaps: StatusGap[] = [];
  let open: { kind: "paused" | "stopped"; from: number } | undefined;
  let last: Seen | undefined;
  const close = (to: number | undefined) => {
    if (open) gaps.push({ kind: open.kind, from: seconds(open.from), to: to === undefined ? "0" : seconds(to) });
    open = undefined;
  };
  for (const sample of samples) {
    const expected = (last?.at ?? sample.at - MINUTE) + MINUTE;
    if (sample.at > expected) {
      close(expected);
      gaps.push({ kind: "down", from: seconds(expected), to: seconds(sample.at) });
    }
    const kind = kindOf(sample);
    if (kind !== open?.kind) close(sample.at);
    if (kind) open ??= { kind, from: sample.at };
    last = sample;
  }
  close(undefined);
  return gaps.reverse();
}
