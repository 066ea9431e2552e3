/** What a run's log tells: its stages, its attempts, and all of it on demand. */
import type { Task, TaskEvent } from "@modelyard/contract";
import { useState } from "react";
import { Button } from "../ui/button.tsx";
import { type Attempt, attemptsIn, bodyWords, EVENT_WORDS, passedWords } from "./event-words.ts";
import type { RunEvents } from "./use-events.ts";

const CLOCK = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
});

function endWords({ end, ms = 0 }: Attempt, task: Task): string {
  const after = `after ${passedWords(ms)}`;
  switch (end) {
    case "goes on":
      return "goes on";
    case "lost":
      return `its worker was lost or gave it back ${after}`;
    case "stopped":
      return `stopped ${after}`;
    case "ended":
      return task.pexit === "0" ? `succeeded ${after}` : `failed ${after}`;
  }
}

export function Attempts({ task, events }: { task: Task; events: readonly TaskEvent[] }) {
  const attempts = attemptsIn(events);
  if (attempts.length === 0) return null;
  return (
    <section aria-labelledby="attempts-title">
      <h2 id="attempts-title" className="text-lg">
        Attempts
      </h2>
      <ol className="mt-2 grid list-decimal gap-1 pl-5 text-sm tabular-nums">
        {attempts.map((attempt) => (
          <li key={attempt.at}>
            Taken up at {CLOCK.format(attempt.at)}, {endWords(attempt, task)}
          </li>
        ))}
      </ol>
      {task.modelyard.endreason !== null && <p className="mt-1 text-sm wrap-anywhere">{task.modelyard.endreason}</p>}
    </section>
  );
}

/** Events that are shown at a time. */
const SHOWN = 200;

export function Events({ of: { events, isCut } }: { of: RunEvents }) {
  const [shown, setShown] = useState(SHOWN);
  return (
    <section aria-labelledby="events-title">
      <details className="rounded-lg border border-line bg-card">
        <summary className="px-4 py-2.5">
          <h2 id="events-title" className="inline text-lg">
            Events
          </h2>{" "}
          <span className="text-sm text-soft tabular-nums">
            {events.length.toLocaleString("en")}
            {isCut && " and more"}
          </span>
        </summary>
        <ol
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, by keyboard too
          tabIndex={0}
          aria-labelledby="events-title"
          className="max-h-96 divide-y divide-line overflow-y-auto border-t border-line px-4 text-sm"
        >
          {events.slice(0, shown).map(({ seq, type, at, body }) => (
            <li key={seq} className="grid grid-cols-[auto_auto_minmax(0,1fr)] gap-x-3 py-1.5">
              <span className="min-w-6 text-right text-soft tabular-nums">{seq}</span>
              <span className="text-soft tabular-nums">{CLOCK.format(at)}</span>
              <span className="wrap-anywhere">
                {EVENT_WORDS[type]}
                {bodyWords(body) !== "" && <span className="text-soft">: {bodyWords(body)}</span>}
              </span>
            </li>
          ))}
        </ol>
        {events.length > shown && (
          <div className="border-t border-line px-4 py-2">
            <Button size="small" onClick={() => setShown(shown + SHOWN)}>
              Show more
            </Button>
          </div>
        )}
      </details>
    </section>
  );
}
