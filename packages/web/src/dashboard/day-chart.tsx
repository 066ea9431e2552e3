/** Spending by day as columns. Drawn as SVG of our own: the table below it says the same to screen readers. */
import { useState } from "react";
import { money } from "../ui/money-words.ts";

export interface DayAmount {
  /** YYYY-MM-DD, UTC. */
  day: string;
  /** Dollars; drawn, never computed with. */
  amount: string;
  runs: number;
}

/** Units of the drawing; it is stretched to the width that there is. */
const WIDTH = 1000;
const HEIGHT = 200;

const SHORT = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const shortDay = (day: string) => SHORT.format(Date.parse(day));

/** The next of 1, 2, 5, 10, 20 … that is not below; the top of the scale. */
export function topOf(largest: number): number {
  if (largest <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(largest));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= largest * 0.999_999) ?? 10;
  return step * power;
}

export function DayChart({ days }: { days: readonly DayAmount[] }) {
  const [shown, setShown] = useState<DayAmount>();
  const top = topOf(Math.max(...days.map(({ amount }) => Number(amount))));
  const width = WIDTH / days.length;
  const first = days[0];
  const last = days.at(-1);
  if (!first || !last) return null;
  return (
    <figure className="rounded-lg border border-line bg-card p-5">
      <figcaption className="flex min-h-6 flex-wrap justify-between gap-x-4 text-sm text-soft tabular-nums">
        <span>Spent by day, UTC</span>
        {shown && (
          <span className="text-ink">
            {shortDay(shown.day)}: <b className="font-semibold">{money(shown.amount)}</b>, {shown.runs}{" "}
            {shown.runs === 1 ? "run" : "runs"}
          </span>
        )}
      </figcaption>
      <div className="mt-3 grid grid-cols-[auto_minmax(0,1fr)] gap-x-3">
        <div className="flex flex-col justify-between text-right text-xs text-soft tabular-nums" aria-hidden="true">
          <span className="-mt-2">{money(top.toFixed(12))}</span>
          <span>{money((top / 2).toFixed(12))}</span>
          <span className="-mb-2">$0</span>
        </div>
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          className="h-48 w-full"
          aria-hidden="true"
          onPointerLeave={() => setShown(undefined)}
        >
          {[0, 0.5, 1].map((share) => (
            <path
              key={share}
              d={`M0 ${HEIGHT * share}H${WIDTH}`}
              className="stroke-line"
              vectorEffect="non-scaling-stroke"
            />
          ))}
          {days.map((day, index) => {
            const height = (Number(day.amount) / top) * HEIGHT;
            return (
              <g key={day.day} onPointerEnter={() => setShown(day)}>
                <rect x={index * width} width={width} height={HEIGHT} className="fill-transparent hover:fill-sunk" />
                <rect
                  x={index * width + width * 0.15}
                  width={width * 0.7}
                  y={HEIGHT - height}
                  height={height}
                  className="pointer-events-none fill-signal"
                />
              </g>
            );
          })}
        </svg>
        <span />
        <div className="mt-2 flex justify-between text-xs text-soft" aria-hidden="true">
          <span>{shortDay(first.day)}</span>
          <span>{shortDay(last.day)}</span>
        </div>
      </div>
    </figure>
  );
}
