/** How the server is and was: made of samples that it writes once a minute. */
import { STATUS_DAYS, type StatusDay, type StatusGap, type StatusResponse } from "@modelyard/contract";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { counted, duration } from "../catalogue/describe.ts";
import { useRepeated } from "../session/use-repeated.ts";
import { availability, dayWords, pauseWords, timeUtc } from "./status-words.ts";

const route = getRouteApi("/status");

const LOOK_MS = 30_000;

export function StatusPage() {
  const status = route.useLoaderData();
  const router = useRouter();
  useRepeated(() => void router.invalidate(), LOOK_MS);
  return (
    <div className="mx-auto grid max-w-4xl gap-6">
      <div>
        <h1 className="text-3xl">Status</h1>
        <p className="mt-1 text-soft">Measured by the server itself, once a minute, kept for {STATUS_DAYS} days.</p>
      </div>
      <Now status={status} />
      <History title="The API and these pages answer" days={status.days} of={({ up }) => up} />
      <History
        title="Runs are started"
        days={status.days}
        of={({ running }) => running}
        paused={({ paused }) => paused}
      />
      <Gaps gaps={status.gaps} />
    </div>
  );
}

function Now({ status }: { status: StatusResponse }) {
  const { running, paused, ready, oldest } = status;
  const waiting =
    ready === "0"
      ? "No run waits for a worker."
      : `${counted(Number(ready), "run")} ${ready === "1" ? "waits" : "wait"} for a free worker, the first for ${duration(Number(oldest))}.`;
  if (running)
    return (
      <section aria-label="Now" className="rounded-lg border border-good bg-good-wash p-5">
        <h2 className="text-xl text-good">Everything works</h2>
        <p className="mt-1">{waiting}</p>
      </section>
    );
  return (
    <section aria-label="Now" className="rounded-lg border border-wait bg-wait-wash p-5">
      <h2 className="text-xl text-wait">Runs are taken, and wait</h2>
      <p className="mt-1">
        {paused
          ? `The operator keeps them waiting${paused.reason ? `: ${paused.reason}` : "."}`
          : "No worker is connected at the moment."}{" "}
        {waiting}
      </p>
    </section>
  );
}

/** Widths of the drawing: a day is ten units, of which the last two are a gap. */
const DAY = 10;
const HEIGHT = 40;

interface HistoryProps {
  title: string;
  days: readonly StatusDay[];
  /** Minutes of a day in which it was so. */
  of: (day: StatusDay) => string;
  /** Minutes in which it was not, because the operator said so. */
  paused?: (day: StatusDay) => string;
}

function History({ title, days, of, paused = () => "0" }: HistoryProps) {
  const pause = days.reduce((sum, day) => sum + Number(paused(day)), 0);
  const missing = Math.max(0, STATUS_DAYS - days.length);
  const whole = availability(days, of);
  return (
    <section aria-label={title} className="rounded-lg border border-line bg-card p-5">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <h2 className="text-lg">{title}</h2>
        <p className="tabular-nums">
          {whole === undefined ? "not measured yet" : `${whole} of the time`}
          {pause > 0 && `, ${pauseWords(pause)} by the operator`}
        </p>
      </div>
      <svg
        viewBox={`0 0 ${STATUS_DAYS * DAY} ${HEIGHT}`}
        preserveAspectRatio="none"
        className="mt-3 h-10 w-full"
        aria-hidden="true"
      >
        {Array.from({ length: missing }, (_, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: days that are nothing but a place
          <rect key={index} x={index * DAY} width={DAY - 2} height={HEIGHT} className="fill-line" />
        ))}
        {days.map((day, index) => (
          <rect
            key={day.day}
            x={(missing + index) * DAY}
            width={DAY - 2}
            height={HEIGHT}
            className={tone(Number(of(day)) / Number(day.minutes), Number(paused(day)) / Number(day.minutes))}
          >
            <title>{dayWords(day, of(day), paused(day))}</title>
          </rect>
        ))}
      </svg>
      <p className="mt-1 flex justify-between text-sm text-soft" aria-hidden="true">
        <span>{STATUS_DAYS} days ago</span>
        <span>today</span>
      </p>
      <details className="mt-2 text-sm">
        <summary className="text-soft">Day by day</summary>
        <ul className="mt-2 grid gap-x-6 sm:grid-cols-2">
          {days.toReversed().map((day) => (
            <li key={day.day} className="tabular-nums">
              {dayWords(day, of(day), paused(day))}
            </li>
          ))}
        </ul>
      </details>
    </section>
  );
}

/** A pause is no failure: it never makes a day red. */
function tone(share: number, paused: number): string {
  if (!(share >= 0)) return "fill-line";
  if (share >= 0.999) return "fill-good";
  return share + paused >= 0.95 ? "fill-wait" : "fill-bad";
}

const KINDS = {
  down: "The server did not answer",
  stopped: "No worker was there to run anything",
  paused: "The operator kept runs waiting",
} as const;

function Gaps({ gaps }: { gaps: readonly StatusGap[] }) {
  return (
    <section aria-labelledby="gaps-title">
      <h2 id="gaps-title" className="text-lg">
        The last seven days
      </h2>
      {gaps.length === 0 ? (
        <p className="mt-2 text-soft">Nothing was missing.</p>
      ) : (
        <ul className="mt-2 divide-y divide-line rounded-lg border border-line bg-card">
          {gaps.map(({ kind, from, to }) => (
            <li key={`${kind} ${from}`} className="flex flex-wrap justify-between gap-x-4 px-5 py-3 tabular-nums">
              <span className="font-semibold">{KINDS[kind]}</span>
              <span className="text-soft">
                {timeUtc(from)} UTC, {to === "0" ? "and it goes on" : `for ${duration(Number(to) - Number(from))}`}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
