/** Who may sign up, invitations, and links that no mail server has taken. */
import {
  AdminInviteResponse,
  AdminMailResponse,
  AdminSettingsResponse,
  SignUpPolicy,
  type UndeliveredMail,
} from "@modelyard/contract";
import { type FormEvent, useState } from "react";
import { timeWords } from "../history/snippet.ts";
import { Answered } from "../session/answered.tsx";
import { useAction } from "../session/use-action.ts";
import { useAnswer } from "../session/use-answer.ts";
import { usePages } from "../session/use-pages.ts";
import { useSendsMail } from "../session/use-sends-mail.ts";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { Labelled } from "../ui/labelled.tsx";
import { Panel } from "../ui/panel.tsx";
import { ProblemNote } from "../ui/problem-note.tsx";
import { toast } from "../ui/toast.tsx";
import { AdminFrame } from "./admin-frame.tsx";

export function SettingsPage() {
  return (
    <AdminFrame title="Sign-ups and mail" lead="Who may make an account, and links that wait to be passed on by you.">
      <div className="grid gap-6">
        <Settings />
        <Invitation />
        <Mail />
      </div>
    </AdminFrame>
  );
}

const POLICIES: Record<SignUpPolicy, string> = {
  open: "Everybody may make an account",
  invitation: "By invitation only",
  closed: "No new accounts",
};

function Settings() {
  const found = useAnswer("settings", (client) => client.ask("Admin/Settings", {}, AdminSettingsResponse));
  const { isBusy, problem, act } = useAction();
  const change = (signups: SignUpPolicy) =>
    act(async (client) => {
      await client.ask("Admin/Settings", { signups }, AdminSettingsResponse);
      toast("Saved.");
      found.reload();
    });
  return (
    <Panel title="Sign-ups">
      <Answered of={found}>
        {({ signups, mail, payments }) => (
          <div className="grid gap-5">
            {/* Shows the choice at once; a refusal puts it back. */}
            <fieldset key={`${signups} ${problem}`} className="grid gap-2" disabled={isBusy}>
              <legend className="sr-only">Who may make an account</legend>
              {SignUpPolicy.options.map((policy) => (
                <label key={policy} className="flex min-h-6 items-center gap-2.5">
                  <input
                    type="radio"
                    name="signups"
                    className="size-4"
                    defaultChecked={policy === signups}
                    onChange={() => void change(policy)}
                  />
                  {POLICIES[policy]}
                </label>
              ))}
            </fieldset>
            <ProblemNote problem={problem} />
            <ul className="grid gap-2 border-t border-line pt-4 text-sm">
              <SetUp isOn={mail} on="Mail is sent." off="No mail server is set up (--smtp-url): links wait below." />
              <SetUp
                isOn={payments}
                on="Payments are taken with Stripe."
                off="No payments are set up (MODELYARD_STRIPE_KEY): give credit or coupons."
              />
            </ul>
          </div>
        )}
      </Answered>
    </Panel>
  );
}

function SetUp({ isOn, on, off }: { isOn: boolean; on: string; off: string }) {
  return (
    <li className="flex flex-wrap items-center gap-2.5">
      <Badge tone={isOn ? "good" : "wait"}>{isOn ? "On" : "Off"}</Badge>
      {isOn ? on : off}
    </li>
  );
}

function Invitation() {
  const [url, setUrl] = useState<string>();
  const { isBusy, problem, act } = useAction();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const email = String(new FormData(event.currentTarget).get("email") ?? "").trim();
    void act(async (client) => {
      setUrl((await client.ask("Admin/Invite", email === "" ? {} : { email }, AdminInviteResponse)).url);
    });
  };
  return (
    <Panel
      title="Invite somebody"
      lead={
        useSendsMail()
          ? "With an address the link is mailed there and holds for it alone."
          : "With an address the link holds for it alone. This server sends no mail: pass the link on yourself."
      }
    >
      <form className="grid gap-4" onSubmit={submit}>
        <Labelled label="E-mail address" hint="may be left empty">
          <input type="email" name="email" className="field max-w-md" autoComplete="off" />
        </Labelled>
        <ProblemNote problem={problem} />
        <Button type="submit" className="justify-self-start" disabled={isBusy}>
          Make the link
        </Button>
        {url !== undefined && (
          <p role="status" className="flex items-center gap-2">
            <code className="min-w-0 font-mono text-sm wrap-anywhere">{url}</code>
            <CopyButton text={() => url} label="Copy the invitation" />
          </p>
        )}
      </form>
    </Panel>
  );
}

const WORDS: Record<UndeliveredMail["status"], string> = { due: "Tried again", failed: "Given up", waiting: "Waits" };

function Mail() {
  const sendsMail = useSendsMail();
  const pages = usePages("mail", async (client, cursor) => {
    const { mail: rows, next } = await client.ask("Admin/MailList", { cursor }, AdminMailResponse);
    return { rows, next };
  });
  return (
    <Panel
      title={sendsMail ? "Mail that was not delivered" : "Mail to pass on"}
      lead={
        sendsMail
          ? "Pass the links on yourself. The server tries for a day before it gives up."
          : "There is no mail server, so mail waits here. Links in it are as good as passwords: pass each on to its address alone."
      }
    >
      <Answered of={pages.found}>
        {(first) => {
          const rows = pages.rows(first);
          const { more } = pages;
          if (rows.length === 0)
            return <p className="text-soft">{sendsMail ? "Everything has reached its reader." : "Nothing waits."}</p>;
          return (
            <div className="grid gap-3">
              <ul className="-my-3 divide-y divide-line">
                {rows.map((one) => (
                  <li key={one.id} className="py-3">
                    <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
                      <span className="font-semibold wrap-anywhere">{one.to}</span>
                      <Badge tone={one.status === "failed" ? "bad" : "wait"}>{WORDS[one.status]}</Badge>
                      <span className="text-sm text-soft">{timeWords(one.createtime)}</span>
                    </p>
                    <details className="mt-1 text-sm">
                      <summary>{one.subject}</summary>
                      <p className="mt-2 whitespace-pre-wrap wrap-anywhere">{one.text}</p>
                      {one.error !== "" && <p className="mt-2 text-bad wrap-anywhere">{one.error}</p>}
                    </details>
                  </li>
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
    </Panel>
  );
}
