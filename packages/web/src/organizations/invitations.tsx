/** Who is invited, and another invitation. Its link is shown with the answer and never again. */
import {
  AccountEmpty,
  mayChange,
  type Organization,
  type OrganizationInvitation,
  OrganizationInviteResponse,
  OrganizationRole,
} from "@modelyard/contract";
import { type FormEvent, useState } from "react";
import { timeWords } from "../history/snippet.ts";
import { useAction } from "../session/use-action.ts";
import { useSendsMail } from "../session/use-sends-mail.ts";
import { Button } from "../ui/button.tsx";
import { ConfirmButton } from "../ui/confirm-button.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { Labelled } from "../ui/labelled.tsx";
import { Panel } from "../ui/panel.tsx";
import { ProblemNote } from "../ui/problem-note.tsx";
import { organizationCall } from "./organization-call.ts";
import { RoleBadge } from "./role-badge.tsx";
import { ROLES } from "./role-words.ts";

interface InvitationsProps {
  organization: Organization;
  invitations: readonly OrganizationInvitation[];
  onChanged: () => void;
}

export function Invitations({ organization, invitations, onChanged }: InvitationsProps) {
  return (
    <Panel title="Invitations" lead="An invitation holds for two weeks, for the account with that address alone.">
      <div className="grid gap-6">
        <InviteForm organization={organization} onInvited={onChanged} />
        {invitations.length === 0 ? (
          <p className="border-t border-line pt-4 text-soft">No invitation is open.</p>
        ) : (
          <ul aria-label="Open invitations" className="-mb-3 divide-y divide-line border-t border-line">
            {invitations.map((invitation) => (
              <InvitationItem
                key={invitation.id}
                organization={organization}
                invitation={invitation}
                onChanged={onChanged}
              />
            ))}
          </ul>
        )}
      </div>
    </Panel>
  );
}

function InviteForm({ organization, onInvited }: { organization: Organization; onInvited: () => void }) {
  const { isBusy, problem, act } = useAction();
  const [made, setMade] = useState<{ email: string; url: string }>();
  const sendsMail = useSendsMail();
  const roles = OrganizationRole.options
    .filter((after) => mayChange(organization.role, { before: undefined, after }))
    .toReversed();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const { email, role = "member" } = Object.fromEntries(new FormData(form));
    setMade(undefined);
    void act(async () => {
      const fields = { uuid: organization.uuid, email, role };
      const { invitation, url } = await organizationCall("OrganizationInvite", fields, OrganizationInviteResponse);
      setMade({ email: invitation.email, url });
      form.reset();
      onInvited();
    });
  };
  return (
    <form className="grid gap-4" onSubmit={submit}>
      <div className="grid gap-4 sm:grid-cols-2">
        <Labelled label="E-mail address">
          <input type="email" name="email" className="field" required autoComplete="off" />
        </Labelled>
        {roles.length > 1 && (
          <Labelled label="Role">
            <select name="role" className="field" defaultValue="member">
              {roles.map((role) => (
                <option key={role} value={role}>
                  {ROLES[role].label}: {ROLES[role].may}
                </option>
              ))}
            </select>
          </Labelled>
        )}
      </div>
      <ProblemNote problem={problem} />
      <Button type="submit" look="primary" className="justify-self-start" disabled={isBusy}>
        Invite
      </Button>
      {made && (
        <div role="status" className="rounded-md bg-wait-wash px-4 py-3 text-wait">
          <p>
            {sendsMail ? "The link was sent to " : "This server sends no mail. The link is for "}
            <strong className="wrap-anywhere">{made.email}</strong>. It is shown this once, to pass it on yourself:
          </p>
          <p className="mt-1 flex items-center gap-2">
            <code className="min-w-0 font-mono text-sm break-all">{made.url}</code>
            <CopyButton text={() => made.url} label="Copy the link" />
          </p>
        </div>
      )}
    </form>
  );
}

function InvitationItem({
  organization,
  invitation: { id, email, role, expires },
  onChanged,
}: {
  organization: Organization;
  invitation: OrganizationInvitation;
  onChanged: () => void;
}) {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3">
      <div className="min-w-0 grow basis-60">
        <p className="flex flex-wrap items-center gap-2.5">
          <span className="font-semibold wrap-anywhere">{email}</span>
          <RoleBadge role={role} />
        </p>
        <p className="text-sm text-soft">until {timeWords(expires)}</p>
      </div>
      <ConfirmButton
        label="Take back"
        description={`Take back the invitation of ${email}`}
        title={`Take back the invitation of ${email}`}
        done="The invitation is taken back."
        act={async () => {
          await organizationCall("OrganizationInvitationRevoke", { uuid: organization.uuid, id }, AccountEmpty);
          onChanged();
        }}
      >
        Its link does nothing any more then.
      </ConfirmButton>
    </li>
  );
}
