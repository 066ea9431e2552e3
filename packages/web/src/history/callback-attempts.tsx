/** Each attempt to deliver a callback: folded, with what was sent and what came back. */
import type { Callback } from "@modelyard/contract";
import { useState } from "react";
import { CopyButton } from "../ui/copy-button.tsx";
import { ScrollingText } from "../ui/scrolling-text.tsx";
import { timeWords } from "./snippet.ts";

type Attempt = Callback["attempts"][number];

/** How a receiver checks what came: in the documentation. */
const HOW_TO_CHECK = "/docs/api/runs#callbacks";

export function CallbackAttempts({ callback }: { callback: Callback }) {
  return (
    <ul className="grid gap-1">
      {callback.attempts.map((attempt, index) => (
        <OneAttempt
          key={`${attempt.time} ${attempt.elapsedseconds}`}
          callback={callback}
          attempt={attempt}
          number={index + 1}
        />
      ))}
    </ul>
  );
}

interface AttemptProps {
  callback: Callback;
  attempt: Attempt;
  /** From 1 on. */
  number: number;
}

function OneAttempt({ callback, attempt, number }: AttemptProps) {
  const [isOpen, setOpen] = useState(false);
  const words = `${timeWords(attempt.time)}, ${Number(attempt.elapsedseconds).toFixed(1)} s: ${attempt.error || `answered ${attempt.httpstatus}`}`;
  // In a list of many callbacks the long parts are left out.
  if (callback.body === undefined) return <li className="wrap-anywhere">{words}</li>;
  return (
    <li>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className="wrap-anywhere">{words}</summary>
        {isOpen && <Exchange callback={callback} attempt={attempt} number={number} />}
      </details>
    </li>
  );
}

const BOX = "mt-1 max-h-72 overflow-auto p-3 text-xs";

function Exchange({ callback, attempt, number }: AttemptProps) {
  const { callbackurl, webhookid, body = "", taskid } = callback;
  const { time, httpstatus, response = "" } = attempt;
  const head = [
    `POST ${callbackurl}`,
    "content-type: application/json",
    `webhook-id: ${webhookid}`,
    `webhook-timestamp: ${time}`,
    "webhook-signature: v1,<base64 of HMAC-SHA256>",
  ].join("\n");
  return (
    <div className="my-2 grid gap-3 border-l-2 border-line pl-3">
      <div>
        <h3 className="font-semibold">Request</h3>
        <ScrollingText label={`Head of attempt ${number}`} text={head} className={BOX} />
        <p className="mt-1 text-soft">
          The signature is made with the project's secret over the webhook-id, the webhook-timestamp and the body, with
          a dot between each.{" "}
          <a href={HOW_TO_CHECK} className="link">
            How a receiver checks it
          </a>
        </p>
        <div className="mt-2 flex items-center justify-between gap-3">
          <h4>Body</h4>
          <CopyButton text={() => body} label={`Copy the body of attempt ${number}`} />
        </div>
        <ScrollingText label={`Body of attempt ${number}`} text={body} className={BOX} />
        {taskid !== "0" && (
          <p className="mt-1 text-soft">
            The body is made from the run at each attempt and not kept. This is the run as it is now: what was sent then
            may differ in what has changed since, such as its tags or deleted files.
          </p>
        )}
      </div>
      <div>
        <h3 className="font-semibold">Answer</h3>
        {httpstatus === "" ? (
          <p>None came: {attempt.error}</p>
        ) : (
          <>
            <p>Status {httpstatus}</p>
            {response === "" ? (
              <p className="text-soft">The answer was empty.</p>
            ) : (
              <ScrollingText label={`Answer to attempt ${number}`} text={response} className={BOX} />
            )}
          </>
        )}
      </div>
    </div>
  );
}
