/** The organisations that one belongs to, and a new one. */
import { type Organization, OrganizationResponse, OrganizationsResponse } from "@modelyard/contract";
import { Link, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { DashboardFrame } from "../dashboard/dashboard-frame.tsx";
import { timeWords } from "../history/snippet.ts";
import { Answered } from "../session/answered.tsx";
import { useAction } from "../session/use-action.ts";
import { useAnswer } from "../session/use-answer.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { Labelled } from "../ui/labelled.tsx";
import { ProblemNote } from "../ui/problem-note.tsx";
import { toast } from "../ui/toast.tsx";
import { ActButton } from "./act-button.tsx";
import { organizationCall } from "./organization-call.ts";
import { RoleBadge } from "./role-badge.tsx";

export function OrganizationsPage() {
  return (
    <DashboardFrame
      title="Organisations"
      lead="People who share a wallet, projects, runs and files. You act for one when you choose to, and for yourself otherwise."
      what="your organisations"
    >
      <Organizations />
    </DashboardFrame>
  );
}

function Organizations() {
  const [isMaking, setMaking] = useState(false);
  const found = useAnswer("organizations", () => organizationCall("Organizations", {}, OrganizationsResponse));
  const button = (
    <Button look="primary" onClick={() => setMaking(true)}>
      New organisation
    </Button>
  );
  return (
    <>
      <Answered of={found}>
        {({ organizations }) =>
          organizations.length === 0 ? (
            <EmptyState
              sentence="You are in no organisation. Make one for your team, or open the link of an invitation that you were sent."
              action={button}
            />
          ) : (
            <div className="grid gap-6">
              <div>{button}</div>
              <ul
                aria-label="Your organisations"
                className="divide-y divide-line rounded-lg border border-line bg-card"
              >
                {organizations.map((one) => (
                  <OrganizationItem key={one.uuid} organization={one} />
                ))}
              </ul>
            </div>
          )
        }
      </Answered>
      {isMaking && <MakeDialog onClose={() => setMaking(false)} />}
    </>
  );
}

function OrganizationItem({ organization }: { organization: Organization }) {
  const { uuid, name, role, createtime } = organization;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-5 py-4">
      <div className="min-w-0 grow basis-60">
        <p className="flex flex-wrap items-center gap-2.5">
          <Link to="/dashboard/organizations/$uuid" params={{ uuid }} className="link font-semibold wrap-anywhere">
            {name}
          </Link>
          <RoleBadge role={role} />
        </p>
        <p className="text-sm text-soft">since {timeWords(createtime)}</p>
      </div>
      <ActButton organization={organization} />
    </li>
  );
}

function MakeDialog({ onClose }: { onClose: () => void }) {
  const { isBusy, problem, act } = useAction();
  const navigate = useNavigate();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = new FormData(event.currentTarget).get("name");
    void act(async () => {
      const { organization } = await organizationCall("OrganizationCreate", { name }, OrganizationResponse);
      toast(`${organization.name} is made.`);
      await navigate({ to: "/dashboard/organizations/$uuid", params: { uuid: organization.uuid } });
    });
  };
  return (
    <Dialog title="New organisation" onClose={onClose}>
      <form className="grid gap-4" onSubmit={submit}>
        <Labelled label="Name" hint="members see it">
          <input name="name" className="field" required maxLength={100} autoComplete="organization" />
        </Labelled>
        <p className="text-soft">You own it. Its wallet is empty at first, and apart from yours.</p>
        <ProblemNote problem={problem} />
        <Button type="submit" look="primary" disabled={isBusy}>
          Make the organisation
        </Button>
      </form>
    </Dialog>
  );
}
