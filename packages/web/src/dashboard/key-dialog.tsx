/** A key's form: what it may do, from where, how long and for how much. Makes a new one or changes one. */
import { KeyResponse, type NewKey, NewKeyResponse, type ProjectKey, SCOPES, type Scope } from "@modelyard/contract";
import type { FormEvent } from "react";
import { useAction } from "../session/use-action.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Labelled } from "../ui/labelled.tsx";
import { ProblemNote } from "../ui/problem-note.tsx";
import { CapFields } from "./cap-fields.tsx";

export const SCOPE_WORDS: Record<Scope, string> = {
  run: "run models and stop runs",
  read: "read runs and projects",
  files: "upload, list and delete files",
  manage: "manage projects, keys and the wallet",
};

interface KeyDialogProps {
  projectId: string;
  /** Undefined: a new one is made. */
  of: ProjectKey | undefined;
  onClose: () => void;
  onMade: (key: NewKey) => void;
  onChanged: () => void;
}

/** Unix seconds → the day as a date field wants it; "0" = none. */
const dayOf = (unixSeconds: string) =>
  unixSeconds === "0" ? "" : new Date(Number(unixSeconds) * 1000).toISOString().slice(0, 10);
/** The end of a day, UTC, in unix seconds; "" = "0", never. */
const endOf = (day: string) => (day === "" ? "0" : String(Date.parse(`${day}T23:59:59Z`) / 1000));

function fieldsOf(form: HTMLFormElement): Record<string, unknown> {
  const data = new FormData(form);
  const text = (name: string) => String(data.get(name) ?? "").trim();
  const list = (name: string) =>
    text(name)
      .split(/[\s,]+/)
      .filter(Boolean);
  return {
    ...(text("name") === "" ? {} : { name: text("name") }),
    scopes: data.getAll("scopes").map(String),
    models: list("models"),
    ipwhitelist: list("ipwhitelist"),
    expires: endOf(text("expires")),
    cap: text("cap"),
    capperiod: text("capperiod"),
  };
}

export function KeyDialog({ projectId, of, onClose, onMade, onChanged }: KeyDialogProps) {
  const { isBusy, problem, act } = useAction();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = fieldsOf(event.currentTarget);
    void act(async (client) => {
      if (of) {
        await client.ask("Project/KeyUpdate", { keyid: of.id, ...fields }, KeyResponse);
        onChanged();
      } else {
        onMade((await client.ask("Project/KeyCreate", { projectid: projectId, ...fields }, NewKeyResponse)).key);
      }
    });
  };
  const has = (scope: Scope) => (of ? of.scopes.includes(scope) : scope !== "manage");
  return (
    <Dialog title={of ? `Change the key ••••${of.last4}` : "New key"} onClose={onClose}>
      <form className="grid gap-4" onSubmit={submit}>
        <Labelled label="Name">
          <input name="name" className="field" maxLength={100} autoComplete="off" defaultValue={of?.name} />
        </Labelled>
        <fieldset className="grid gap-1.5">
          <legend className="mb-1 font-semibold">It may</legend>
          {SCOPES.map((scope) => (
            <label key={scope} className="flex min-h-6 items-center gap-2.5">
              <input type="checkbox" name="scopes" value={scope} className="size-4" defaultChecked={has(scope)} />
              {SCOPE_WORDS[scope]}
            </label>
          ))}
        </fieldset>
        <Labelled label="Only these models" hint="owner/model; empty = all">
          <textarea name="models" rows={2} className="field font-mono text-sm" defaultValue={of?.models.join("\n")} />
        </Labelled>
        <Labelled label="Only from these addresses" hint="IP or CIDR range; empty = everywhere">
          <textarea
            name="ipwhitelist"
            rows={2}
            className="field font-mono text-sm"
            defaultValue={of?.ipwhitelist.join("\n")}
          />
        </Labelled>
        <Labelled label="Ends after" hint="UTC; empty = never">
          <input
            type="date"
            name="expires"
            className="field justify-self-start sm:w-auto"
            defaultValue={dayOf(of?.expires ?? "0")}
          />
        </Labelled>
        <CapFields cap={of?.cap ?? null} />
        <ProblemNote problem={problem} />
        <Button type="submit" look="primary" disabled={isBusy}>
          {of ? "Save" : "Make the key"}
        </Button>
      </form>
    </Dialog>
  );
}
