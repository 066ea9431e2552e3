/** One member: role, what they spent of what they may, and what may be changed about that. */
import { AccountEmpty, mayChange, type Organization, type OrganizationMember } from "@modelyard/contract";
import { useState } from "react";
import { CapMeter } from "../dashboard/cap-meter.tsx";
import { timeWords } from "../history/snippet.ts";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { ConfirmButton } from "../ui/confirm-button.tsx";
import { MemberDialog } from "./member-dialog.tsx";
import { organizationCall } from "./organization-call.ts";
import { RoleBadge } from "./role-badge.tsx";

interface MemberItemProps {
  organization: Organization;
  member: OrganizationMember;
  isOwn: boolean;
  isLastOwner: boolean;
  onChanged: () => void;
}

export function MemberItem({ organization, member, isOwn, isLastOwner, onChanged }: MemberItemProps) {
  const [isChanging, setChanging] = useState(false);
  const { uuid, name, email, role, jointime, cap } = member;
  const called = name || email;
  const canChange = mayChange(organization.role, { before: role, after: role });
  const canRemove = !isOwn && mayChange(organization.role, { before: role, after: undefined });
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-3 py-4">
      <div className="grid min-w-0 grow basis-60 gap-1">
        <p className="flex flex-wrap items-center gap-2.5">
          <span className="font-semibold wrap-anywhere">{called}</span>
          <RoleBadge role={role} />
          {isOwn && <Badge tone="plain">You</Badge>}
        </p>
        <p className="text-sm wrap-anywhere text-soft">
          {name !== "" && `${email}, `}since {timeWords(jointime)}
        </p>
        {cap && <CapMeter cap={cap} label="Spent" />}
      </div>
      {canChange && (
        <Button size="small" aria-label={`Change ${called}`} onClick={() => setChanging(true)}>
          Change
        </Button>
      )}
      {canRemove && (
        <ConfirmButton
          label="Remove"
          description={`Remove ${called}`}
          title={`Remove ${called}`}
          done={`${called} is removed.`}
          act={async () => {
            await organizationCall("OrganizationMemberRemove", { uuid: organization.uuid, member: uuid }, AccountEmpty);
            onChanged();
          }}
        >
          With the next request they can do nothing for {organization.name} any more. What they have run stays.
        </ConfirmButton>
      )}
      {isChanging && (
        <MemberDialog
          organization={organization}
          member={member}
          isLastOwner={isLastOwner}
          onClose={() => setChanging(false)}
          onChanged={onChanged}
        />
      )}
    </li>
  );
}
