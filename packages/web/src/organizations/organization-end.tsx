/** Leaving an organisation, and deleting it. */
import { AccountEmpty, type Organization, type OrganizationMember } from "@modelyard/contract";
import { useNavigate } from "@tanstack/react-router";
import type { FormEvent } from "react";
import { useSession } from "../session/session-provider.tsx";
import { useAction } from "../session/use-action.ts";
import { Button } from "../ui/button.tsx";
import { ConfirmButton } from "../ui/confirm-button.tsx";
import { Labelled } from "../ui/labelled.tsx";
import { Panel } from "../ui/panel.tsx";
import { ProblemNote } from "../ui/problem-note.tsx";
import { toast } from "../ui/toast.tsx";
import { organizationCall } from "./organization-call.ts";

interface EndingProps {
  organization: Organization;
  own: OrganizationMember | undefined;
  isLastOwner: boolean;
}

export function Ending({ organization, own, isLastOwner }: EndingProps) {
  const isOwner = organization.role === "owner";
  return (
    <>
      {own && !isLastOwner && (
        <Panel title="Leave it" lead="Somebody has to invite you before you can come back.">
          <Leave organization={organization} own={own} />
        </Panel>
      )}
      {isOwner && <Deletion organization={organization} isLastOwner={isLastOwner} />}
    </>
  );
}

/** Out of it: one acts for oneself, on the page of what is left. */
function useGone(organization: Organization): () => Promise<void> {
  const session = useSession();
  const navigate = useNavigate();
  return async () => {
    await navigate({ to: "/dashboard/organizations" });
    if (session.state === "in" && session.acting?.uuid === organization.uuid) session.actFor(undefined);
  };
}

function Leave({ organization, own }: { organization: Organization; own: OrganizationMember }) {
  const gone = useGone(organization);
  return (
    <ConfirmButton
      label="Leave"
      description={`Leave ${organization.name}`}
      title={`Leave ${organization.name}`}
      done={`You have left ${organization.name}.`}
      act={async () => {
        await organizationCall("OrganizationMemberRemove", { uuid: organization.uuid, member: own.uuid }, AccountEmpty);
        await gone();
      }}
    >
      You cannot act for it any more. What you have run for it stays with it.
    </ConfirmButton>
  );
}

function Deletion({ organization, isLastOwner }: { organization: Organization; isLastOwner: boolean }) {
  const { isBusy, problem, act } = useAction();
  const gone = useGone(organization);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const fields = { uuid: organization.uuid, current: data.get("current"), forfeit: data.get("forfeit") === "on" };
    void act(async () => {
      await organizationCall("OrganizationDelete", fields, AccountEmpty);
      toast(`${organization.name} is deleted.`);
      await gone();
    });
  };
  return (
    <Panel
      title="Delete the organisation"
      lead="Its projects, keys, files and the inputs of its runs are removed for good. Keys stop working at once."
    >
      {isLastOwner && (
        <p className="mb-4 text-soft">
          You are its only owner. To leave it instead, make another member an owner first.
        </p>
      )}
      <details>
        <summary className="font-semibold text-bad">I want to delete {organization.name}</summary>
        <form className="mt-4 grid max-w-md gap-4" onSubmit={submit}>
          <Labelled label="Your password">
            <input type="password" name="current" className="field" required autoComplete="current-password" />
          </Labelled>
          <label className="flex items-start gap-2.5">
            <input type="checkbox" name="forfeit" className="mt-1 size-4" />
            Give up the balance that is left
          </label>
          <ProblemNote problem={problem} />
          <Button type="submit" look="danger" className="justify-self-start" disabled={isBusy}>
            Delete {organization.name}
          </Button>
        </form>
      </details>
    </Panel>
  );
}
