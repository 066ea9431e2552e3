/** Notes once a minute that the server is there and whether it runs models, and says so for the last 90 days. */
import { type Log, STATUS_DAYS, type StatusDay, type StatusResponse } from "@modelyard/contract";
import type { Database } from "../db/database.ts";
import * as queue from "../queue/service.ts";
import { presentSwitched } from "../workers/present-operate.ts";
import type { Registry } from "../workers/registry.ts";
import { DAY, dayOf, gapsOf, MINUTE } from "./policy.ts";
import * as store from "./store.ts";

export interface Status {
  report(): Promise<Omit<StatusResponse, "result" | "errors">>;
  /** Writes the sample of this minute, where it has none yet. */
  sample(): Promise<void>;
  stop(): Promise<void>;
}

export interface StatusDeps {
  db: Database;
  registry: Registry;
  pauses: queue.Pauses;
  log: Log;
}

/** Gaps that are told of at most. */
const GAPS = 50;
const GAPS_DAYS = 7;
/** A report is made anew after this long, in milliseconds: everybody may ask for it. */
const KEEP_MS = 5_000;

export function createStatus({ db, registry, pauses, log }: StatusDeps): Status {
  /** Days that are over do not change; by their start. */
  const over = new Map<number, StatusDay>();
  /** The queue as it was a minute ago: it is read as a whole, so not whenever somebody asks. */
  let latest = { ready: 0, leased: 0, oldest: Number.POSITIVE_INFINITY };
  let kept: { at: number; report: ReturnType<Status["report"]> } | undefined;

  async function load() {
    const loads = await queue.loads(db);
    const sum = (state: string) =>
      loads.filter((load) => load.state === state).reduce((total, { n }) => total + Number(n), 0);
    const oldest = Math.min(...loads.filter(({ state }) => state === "ready").map((load) => Number(load.oldest)));
    return { ready: sum("ready"), leased: sum("leased"), oldest };
  }
  const workers = () => registry.all().filter(({ open }) => open).length;
  const paused = () => pauses.get(queue.WHOLE_QUEUE);

  async function sample(): Promise<void> {
    latest = await load();
    const { ready, leased } = latest;
    await store.addSample(db, { workers: workers(), ready, leased, paused: paused() ? 1 : 0 }, MINUTE);
  }

  async function daysUntil(now: number, since: number): Promise<StatusDay[]> {
    const today = Math.floor(now / DAY) * DAY;
    const first = Math.max(Math.floor(since / DAY) * DAY, today - (STATUS_DAYS - 1) * DAY);
    for (const start of over.keys()) if (start < first) over.delete(start);
    const days: StatusDay[] = [];
    for (let start = first; start <= today; start += DAY) {
      let day = over.get(start);
      if (!day) {
        day = dayOf(start, await store.samples(db, start, start + DAY), { since, now });
        if (start + DAY + MINUTE < now) over.set(start, day);
      }
      days.push(day);
    }
    return days;
  }

  async function make(): ReturnType<Status["report"]> {
    const now = await db.now();
    const since = await store.firstAt(db);
    const { ready, oldest } = latest;
    const week = since === undefined ? [] : await store.samples(db, now - GAPS_DAYS * DAY, now);
    return {
      running: workers() > 0 && !paused(),
      paused: presentSwitched(paused()),
      ready: String(ready),
      oldest: Number.isFinite(oldest) ? String(Math.max(0, Math.floor((now - oldest) / 1000))) : "0",
      since: since === undefined ? "0" : String(Math.floor(since / 1000)),
      days: since === undefined ? [] : await daysUntil(now, since),
      gaps: gapsOf(week).slice(0, GAPS),
    };
  }

  let running: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout;
  let samples = 0;
  const tick = () => {
    running = running
      .then(async () => {
        await sample();
        // Once an hour is often enough to forget.
        if (samples++ % 60 === 0) await store.dropBefore(db, (await db.now()) - STATUS_DAYS * DAY);
      })
      .catch((error: unknown) => log(`status: this minute was not noted: ${String(error)}`, { level: "error" }));
    schedule();
  };
  /** Ten seconds into each minute, so that a timer that fires early does not fall into the one before. */
  const schedule = () => {
    timer = setTimeout(tick, MINUTE - (Date.now() % MINUTE) + 10_000);
    timer.unref();
  };
  // Workers that come with the server connect in its first seconds.
  timer = setTimeout(tick, 5_000);
  timer.unref();

  return {
    sample,
    async report() {
      const now = performance.now();
      if (!kept || now - kept.at > KEEP_MS) {
        const report = make();
        kept = { at: now, report };
        report.catch(() => (kept = undefined));
      }
      return kept.report;
    },
    async stop() {
      clearTimeout(timer);
      await running;
    },
  };
}
