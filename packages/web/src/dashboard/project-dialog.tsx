/** A project's form: makes a new one with its first key, or changes one. */
import { type NewKey, type Project, ProjectCreateResponse, ProjectResponse } from "@modelyard/contract";
import type { FormEvent } from "react";
import { useAction } from "../session/use-action.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Labelled } from "../ui/labelled.tsx";
import { ProblemNote } from "../ui/problem-note.tsx";
import { CapFields } from "./cap-fields.tsx";

interface ProjectDialogProps {
  /** Undefined: a new one is made. */
  of: Project | undefined;
  onClose: () => void;
  onMade: (key: NewKey) => void;
  onChanged: () => void;
}

export function ProjectDialog({ of, onClose, onMade, onChanged }: ProjectDialogProps) {
  const { isBusy, problem, act } = useAction();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const sent: Record<string, unknown> = Object.fromEntries(new FormData(event.currentTarget));
    void act(async (client) => {
      if (of) {
        const ipwhitelist = String(sent.ipwhitelist)
          .split(/[\s,]+/)
          .filter(Boolean);
        await client.ask("Project/Update", { ...sent, ipwhitelist, projectid: of.id }, ProjectResponse);
        onChanged();
      } else {
        onMade((await client.ask("Project/Create", sent, ProjectCreateResponse)).key);
      }
    });
  };
  return (
    <Dialog title={of ? "Change the project" : "New project"} onClose={onClose}>
      <form className="grid gap-4" onSubmit={submit}>
        <Labelled label="Name">
          <input name="name" className="field" required maxLength={100} autoComplete="off" defaultValue={of?.name} />
        </Labelled>
        {of ? <Changeable of={of} /> : <AuthMethod />}
        <CapFields cap={of?.cap ?? null} />
        <ProblemNote problem={problem} />
        <Button type="submit" look="primary" disabled={isBusy}>
          {of ? "Save" : "Make the project"}
        </Button>
      </form>
    </Dialog>
  );
}

function AuthMethod() {
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1 font-semibold">How its requests are signed in</legend>
      <label className="flex items-start gap-2.5">
        <input type="radio" name="authmethod" value="signature" defaultChecked className="mt-1 size-4" />
        <span>
          With a signature: the secret never travels. <span className="text-soft">Recommended.</span>
        </span>
      </label>
      <label className="flex items-start gap-2.5">
        <input type="radio" name="authmethod" value="apikey" className="mt-1 size-4" />
        <span>With the key alone: simpler, for programs on your own machines.</span>
      </label>
    </fieldset>
  );
}

function Changeable({ of }: { of: Project }) {
  return (
    <>
      {of.authmethod === "signature" && (
        <Labelled label="A signature may be used">
          <select name="noncepolicy" className="field" defaultValue={of.noncepolicy}>
            <option value="compat">again and again, with any number as nonce</option>
            <option value="window">only near its time: the nonce is the time</option>
            <option value="strict">once, near its time</option>
          </select>
        </Labelled>
      )}
      <Labelled label="Only from these addresses" hint="IP or CIDR range; empty = everywhere">
        <textarea
          name="ipwhitelist"
          rows={2}
          className="field font-mono text-sm"
          defaultValue={of.ipwhitelist.join("\n")}
        />
      </Labelled>
      <Labelled label="Alert address" hint="called when a limit is used to 50, 80 and 100 %">
        <input type="url" name="alerturl" className="field" autoComplete="off" defaultValue={of.alerturl} />
      </Labelled>
    </>
  );
}
