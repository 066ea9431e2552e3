/** The account itself: name, address, password, where it is signed in, and its end. */
import { AccountEmpty, PASSWORD_LENGTH, type Session, SessionsResponse, SignInResponse } from "@modelyard/contract";
import { type FormEvent, type ReactNode, useState } from "react";
import { timeWords } from "../history/snippet.ts";
import { accountCall } from "../session/account-call.ts";
import { Answered } from "../session/answered.tsx";
import { useSession } from "../session/session-provider.tsx";
import { useAction } from "../session/use-action.ts";
import { useAnswer } from "../session/use-answer.ts";
import { useSendsMail } from "../session/use-sends-mail.ts";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { Labelled } from "../ui/labelled.tsx";
import { Panel } from "../ui/panel.tsx";
import { ProblemNote } from "../ui/problem-note.tsx";
import { toast } from "../ui/toast.tsx";
import { DashboardFrame } from "./dashboard-frame.tsx";

export function AccountPage() {
  return (
    <DashboardFrame title="Account" lead="How you sign in, where you are signed in, and the end of it all.">
      <div className="grid gap-6">
        <div className="grid items-start gap-6 xl:grid-cols-2">
          <div className="grid gap-6">
            <Name />
            <Password />
          </div>
          <div className="grid gap-6">
            <Email />
            <Sessions />
          </div>
        </div>
        <Deletion />
      </div>
    </DashboardFrame>
  );
}

/** A form that posts its fields to one account route. */
function AccountForm({
  send,
  done,
  button,
  look,
  children,
}: {
  send: (fields: Record<string, unknown>) => Promise<void>;
  /** Said when it was done; the form stays with its fields empty. */
  done: string;
  button: string;
  look?: "danger";
  children: ReactNode;
}) {
  const { isBusy, problem, act } = useAction();
  const [isDone, setDone] = useState(false);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const fields = Object.fromEntries(new FormData(form));
    setDone(false);
    void act(async () => {
      await send(fields);
      for (const field of form.querySelectorAll<HTMLInputElement>('input[type="password"]')) field.value = "";
      setDone(true);
      toast(done);
    });
  };
  return (
    <form className="grid gap-4" onSubmit={submit}>
      {children}
      <ProblemNote problem={problem} />
      {isDone && <p className="rounded-md bg-good-wash px-4 py-2.5 text-good">{done}</p>}
      <Button type="submit" look={look ?? "plain"} className="justify-self-start" disabled={isBusy}>
        {button}
      </Button>
    </form>
  );
}

const CurrentPassword = () => (
  <Labelled label="Your password">
    <input type="password" name="current" className="field" required autoComplete="current-password" />
  </Labelled>
);

function Name() {
  const session = useSession();
  const name = session.state === "in" ? session.account.name : "";
  return (
    <Panel title="Name">
      <AccountForm
        send={async (fields) => void (await accountCall("Rename", fields, SignInResponse))}
        done="Your name is changed."
        button="Save the name"
      >
        <Labelled label="Name">
          <input name="name" className="field" maxLength={100} autoComplete="name" defaultValue={name} required />
        </Labelled>
      </AccountForm>
    </Panel>
  );
}

function Email() {
  const session = useSession();
  const sendsMail = useSendsMail();
  const email = session.state === "in" ? session.account.email : "";
  return (
    <Panel title="E-mail address" lead={`Now ${email}`}>
      <AccountForm
        send={async (fields) => void (await accountCall("Email", fields, AccountEmpty))}
        done={
          sendsMail
            ? "The new address counts once the link that goes there was followed."
            : "The new address counts once its link was followed. This server sends no mail: ask whoever runs it for the link."
        }
        button="Change the address"
      >
        <Labelled label="New address">
          <input type="email" name="email" className="field" required autoComplete="email" />
        </Labelled>
        <CurrentPassword />
      </AccountForm>
    </Panel>
  );
}

function Password() {
  return (
    <Panel title="Password" lead="All other places where you are signed in are signed out.">
      <AccountForm
        send={async (fields) => void (await accountCall("Password", fields, AccountEmpty))}
        done="Your password is changed."
        button="Change the password"
      >
        <CurrentPassword />
        <Labelled label="New password" hint={`${PASSWORD_LENGTH.min} to ${PASSWORD_LENGTH.max} characters`}>
          <input
            type="password"
            name="password"
            className="field"
            required
            minLength={PASSWORD_LENGTH.min}
            maxLength={PASSWORD_LENGTH.max}
            autoComplete="new-password"
          />
        </Labelled>
      </AccountForm>
    </Panel>
  );
}

/** The browser and system of a user agent, as far as they are worth telling apart. */
export function agentWords(agent: string): string {
  const browser = /Edg\//.test(agent)
    ? "Edge"
    : /Firefox\//.test(agent)
      ? "Firefox"
      : /Chrome\//.test(agent)
        ? "Chrome"
        : /Safari\//.test(agent)
          ? "Safari"
          : agent.split(/[\s/]/)[0] || "Unknown program";
  const system = /Android|iPhone|iPad|Windows|Mac OS X|Linux/.exec(agent)?.[0];
  return system ? `${browser} on ${system === "Mac OS X" ? "macOS" : system}` : browser;
}

function Sessions() {
  const { isBusy, problem, act } = useAction();
  const found = useAnswer("sessions", () => accountCall("Sessions", {}, SessionsResponse));
  const end = (session: Session) =>
    act(async () => {
      await accountCall("SessionRevoke", { id: session.id }, AccountEmpty);
      toast("It is signed out.");
      if (session.current) location.assign("/");
      else found.reload();
    });
  return (
    <Panel
      title="Where you are signed in"
      aside={
        <form method="post" action="/account/SignOutEverywhere">
          <Button type="submit" look="danger" size="small">
            Sign out everywhere
          </Button>
        </form>
      }
    >
      <ProblemNote problem={problem} />
      <Answered of={found}>
        {({ sessions }) => (
          <ul className="-my-3 divide-y divide-line">
            {sessions.map((session) => (
              <li key={session.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3">
                <div className="min-w-0 grow basis-60">
                  <p className="flex flex-wrap items-center gap-2.5">
                    <span className="font-semibold">{agentWords(session.useragent)}</span>
                    {session.current && <Badge tone="good">This one</Badge>}
                  </p>
                  <p className="text-sm text-soft">
                    from {session.ip || "an unknown address"}, since {timeWords(session.createtime)}, last seen{" "}
                    {timeWords(session.seentime)}
                  </p>
                </div>
                <Button
                  size="small"
                  disabled={isBusy}
                  aria-label={`Sign out ${agentWords(session.useragent)} since ${timeWords(session.createtime)}`}
                  onClick={() => void end(session)}
                >
                  Sign out
                </Button>
              </li>
            ))}
          </ul>
        )}
      </Answered>
    </Panel>
  );
}

function Deletion() {
  return (
    <Panel
      title="Delete the account"
      lead="Its projects, keys, files and the inputs of its runs are removed for good. Keys stop working at once."
    >
      <details>
        <summary className="font-semibold text-bad">I want to delete my account</summary>
        <div className="mt-4 max-w-md">
          <AccountForm
            send={async (fields) => {
              await accountCall("Delete", { ...fields, forfeit: fields.forfeit === "on" }, AccountEmpty);
              location.assign("/");
            }}
            done="Your account is deleted."
            button="Delete my account"
            look="danger"
          >
            <CurrentPassword />
            <label className="flex items-start gap-2.5">
              <input type="checkbox" name="forfeit" className="mt-1 size-4" />
              Give up the balance that is left
            </label>
          </AccountForm>
        </div>
      </details>
    </Panel>
  );
}
