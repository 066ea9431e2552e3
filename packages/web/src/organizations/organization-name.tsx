import { type Organization, OrganizationResponse } from "@modelyard/contract";
import type { FormEvent } from "react";
import { useSession } from "../session/session-provider.tsx";
import { useAction } from "../session/use-action.ts";
import { Button } from "../ui/button.tsx";
import { Labelled } from "../ui/labelled.tsx";
import { Panel } from "../ui/panel.tsx";
import { ProblemNote } from "../ui/problem-note.tsx";
import { toast } from "../ui/toast.tsx";
import { organizationCall } from "./organization-call.ts";

export function NameForm({ organization, onChanged }: { organization: Organization; onChanged: () => void }) {
  const session = useSession();
  const { isBusy, problem, act } = useAction();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = { uuid: organization.uuid, name: new FormData(event.currentTarget).get("name") };
    void act(async () => {
      const renamed = (await organizationCall("OrganizationRename", fields, OrganizationResponse)).organization;
      toast("The name is changed.");
      onChanged();
      // The header names it too.
      if (session.state === "in" && session.acting?.uuid === renamed.uuid) session.actFor(renamed);
    });
  };
  return (
    <Panel title="Name">
      <form className="grid gap-4" onSubmit={submit}>
        <Labelled label="Name">
          <input
            name="name"
            className="field max-w-md"
            required
            maxLength={100}
            autoComplete="off"
            defaultValue={organization.name}
          />
        </Labelled>
        <ProblemNote problem={problem} />
        <Button type="submit" className="justify-self-start" disabled={isBusy}>
          Save the name
        </Button>
      </form>
    </Panel>
  );
}
