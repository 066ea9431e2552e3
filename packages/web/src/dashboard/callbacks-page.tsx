/** What was sent to callback addresses, what came back, and the secret that signs them. */
import { type Callback, CallbackListResponse, CallbackSecretResponse, EmptyResponse } from "@modelyard/contract";
import type { Client } from "@modelyard/sdk";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { counted } from "../catalogue/describe.ts";
import { CallbackAttempts } from "../history/callback-attempts.tsx";
import { timeWords } from "../history/snippet.ts";
import { Answered } from "../session/answered.tsx";
import { useAction } from "../session/use-action.ts";
import { useAnswer } from "../session/use-answer.ts";
import { usePages } from "../session/use-pages.ts";
import { Badge } from "../ui/badge.tsx";
import { Button, buttonClass } from "../ui/button.tsx";
import { ConfirmButton } from "../ui/confirm-button.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { Panel } from "../ui/panel.tsx";
import { ProblemNote } from "../ui/problem-note.tsx";
import { toast } from "../ui/toast.tsx";
import { DashboardFrame } from "./dashboard-frame.tsx";

export function CallbacksPage() {
  return (
    <DashboardFrame
      title="Callbacks"
      lead="A run that was started with a callback address calls it once it has ended, signed with its project's secret."
    >
      <div className="grid gap-6">
        <Secrets />
        <Deliveries />
      </div>
    </DashboardFrame>
  );
}

function Secrets() {
  const found = useAnswer("projects", (client) => client.projects());
  return (
    <Panel title="Signing secrets" lead="Receivers check the header webhook-signature with it (Standard Webhooks).">
      <Answered of={found}>
        {(projects) => (
          <ul className="-my-3 divide-y divide-line">
            {projects.map(({ id, name }) => (
              <Secret key={id} projectId={id} name={name} />
            ))}
          </ul>
        )}
      </Answered>
    </Panel>
  );
}

function Secret({ projectId, name }: { projectId: string; name: string }) {
  const [secret, setSecret] = useState<string>();
  const { isBusy, problem, act } = useAction();
  const ask = async (client: Client, fields: object) =>
    setSecret(
      (await client.ask("Task/CallbackSecret", { projectid: projectId, ...fields }, CallbackSecretResponse)).secret,
    );
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3">
      <div className="min-w-0 grow basis-60">
        <p className="font-semibold wrap-anywhere">{name}</p>
        {secret !== undefined && (
          <p className="mt-1 flex items-center gap-2">
            <code className="font-mono text-sm wrap-anywhere">{secret}</code>
            <CopyButton text={() => secret} label={`Copy the secret of ${name}`} />
          </p>
        )}
        <ProblemNote problem={problem} />
      </div>
      <div className="flex gap-2">
        {secret === undefined && (
          <Button
            size="small"
            disabled={isBusy}
            aria-label={`Show the secret of ${name}`}
            onClick={() => void act((client) => ask(client, {}))}
          >
            Show
          </Button>
        )}
        <ConfirmButton
          label="Replace"
          description={`Replace the secret of ${name}`}
          title="Replace the signing secret"
          done="There is a new secret."
          act={(client) => ask(client, { rotate: true })}
        >
          For a day, callbacks carry both signatures: of the old secret and of the new one.
        </ConfirmButton>
      </div>
    </li>
  );
}

const WORDS = { due: "Waiting", delivered: "Delivered", failed: "Given up" } as const;
const TONES = { due: "wait", delivered: "good", failed: "bad" } as const;
const PAGE = 50;

function Deliveries() {
  const pages = usePages("callbacks", async (client, cursor) => {
    const start = Number(cursor ?? 0);
    const { callbacklist: rows } = await client.ask("Task/CallbackList", { start, limit: PAGE }, CallbackListResponse);
    return { rows, next: rows.length < PAGE ? "" : String(start + PAGE) };
  });
  return (
    <section aria-labelledby="deliveries-title">
      <div className="mb-3 flex items-center justify-between gap-4">
        <h2 id="deliveries-title" className="text-lg">
          Deliveries
        </h2>
        <Button size="small" onClick={pages.found.reload}>
          Look again
        </Button>
      </div>
      <Answered of={pages.found}>
        {(first) => {
          const rows = pages.rows(first);
          const { more } = pages;
          if (rows.length === 0)
            return (
              <EmptyState
                sentence="Nothing was sent yet. Give a run the field callbackUrl, and its end is told there."
                action={
                  <Link to="/models" className={buttonClass("plain")}>
                    Choose a model
                  </Link>
                }
              />
            );
          return (
            <div className="grid gap-3">
              <ul className="divide-y divide-line rounded-lg border border-line bg-card">
                {rows.map((callback) => (
                  <Delivery key={callback.webhookid} callback={callback} onResent={pages.found.reload} />
                ))}
              </ul>
              <ProblemNote problem={pages.problem} />
              {more && (
                <Button className="justify-self-center" disabled={pages.isBusy} onClick={() => more(first)}>
                  Show more
                </Button>
              )}
            </div>
          );
        }}
      </Answered>
    </section>
  );
}

function Delivery({ callback, onResent }: { callback: Callback; onResent: () => void }) {
  const { isBusy, problem, act } = useAction();
  const [isOpen, setOpen] = useState(false);
  const { taskid, callbackurl, status, attempts, nexttime } = callback;
  // About no run: a project's or key's spending limit.
  const isNotice = taskid === "0";
  const resend = () =>
    act(async (client) => {
      await client.ask("Task/CallbackReplay", { taskid }, EmptyResponse);
      toast("It is sent again.");
      onResent();
    });
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 px-4 py-3">
      <div className="min-w-0 grow basis-72">
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
          {isNotice ? (
            <span>Notice of a spending limit</span>
          ) : (
            <Link to="/runs/$id" params={{ id: taskid }} preload={false} className="link">
              Run {taskid}
            </Link>
          )}
          <Badge tone={TONES[status]}>{WORDS[status]}</Badge>
          {status === "due" && nexttime !== "0" && (
            <span className="text-sm text-soft">next attempt {timeWords(nexttime)}</span>
          )}
        </p>
        <p className="mt-1 text-sm wrap-anywhere">{callbackurl}</p>
        {attempts.length > 0 && (
          <details className="mt-1 text-sm" onToggle={(event) => setOpen(event.currentTarget.open)}>
            <summary className="text-soft">{counted(attempts.length, "attempt")}</summary>
            {isOpen && (
              <div className="mt-1">
                {isNotice ? <CallbackAttempts callback={callback} /> : <WholeAttempts callback={callback} />}
              </div>
            )}
          </details>
        )}
        <ProblemNote problem={problem} />
      </div>
      {!isNotice && (
        <Button size="small" disabled={isBusy} aria-label={`Send again: run ${taskid}`} onClick={() => void resend()}>
          Send again
        </Button>
      )}
    </li>
  );
}

/** The attempts with all that was said: too long for the list, so it is asked for one by one. */
function WholeAttempts({ callback }: { callback: Callback }) {
  const { taskid, webhookid, attempts } = callback;
  const found = useAnswer(`callbacks ${taskid} ${attempts.length}`, (client) =>
    client.ask("Task/CallbackList", { taskid }, CallbackListResponse),
  );
  return (
    <Answered of={found}>
      {({ callbacklist }) => (
        <CallbackAttempts callback={callbacklist.find((whole) => whole.webhookid === webhookid) ?? callback} />
      )}
    </Answered>
  );
}
