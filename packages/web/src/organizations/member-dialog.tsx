/** A member's role and spend cap. */
import {
  mayChange,
  type Organization,
  OrganizationDetailResponse,
  type OrganizationMember,
  OrganizationRole,
} from "@modelyard/contract";
import type { FormEvent } from "react";
import { CapFields } from "../dashboard/cap-fields.tsx";
import { useAction } from "../session/use-action.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Labelled } from "../ui/labelled.tsx";
import { ProblemNote } from "../ui/problem-note.tsx";
import { toast } from "../ui/toast.tsx";
import { organizationCall } from "./organization-call.ts";
import { ROLES } from "./role-words.ts";

interface MemberDialogProps {
  organization: Organization;
  member: OrganizationMember;
  isLastOwner: boolean;
  onClose: () => void;
  onChanged: () => void;
}

export function MemberDialog({ organization, member, isLastOwner, onClose, onChanged }: MemberDialogProps) {
  const { isBusy, problem, act } = useAction();
  const roles = OrganizationRole.options.filter((after) =>
    mayChange(organization.role, { before: member.role, after }),
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { role = member.role, cap, capperiod } = Object.fromEntries(new FormData(event.currentTarget));
    // A cap that was there is sent again only when something of it changed: sending counts its period's spending anew.
    const isSame =
      cap === "" ? member.cap === null : member.cap?.period === capperiod && Number(member.cap?.amount) === Number(cap);
    const fields = { uuid: organization.uuid, member: member.uuid, role, ...(isSame ? {} : { cap, capperiod }) };
    void act(async () => {
      await organizationCall("OrganizationMember", fields, OrganizationDetailResponse);
      toast("Saved.");
      onClose();
      onChanged();
    });
  };
  return (
    <Dialog title={`Change ${member.name || member.email}`} onClose={onClose}>
      <form className="grid gap-4" onSubmit={submit}>
        {isLastOwner ? (
          <p className="text-soft">The only owner. Make another member an owner first to give this role away.</p>
        ) : (
          roles.length > 1 && (
            <Labelled label="Role">
              <select name="role" className="field" defaultValue={member.role}>
                {roles.map((role) => (
                  <option key={role} value={role}>
                    {ROLES[role].label}: {ROLES[role].may}
                  </option>
                ))}
              </select>
            </Labelled>
          )
        )}
        <CapFields cap={member.cap} />
        <p className="text-sm text-soft">
          Runs that this member starts count. Runs with the organisation's keys have caps of their own, at its projects.
        </p>
        <ProblemNote problem={problem} />
        <Button type="submit" look="primary" disabled={isBusy}>
          Save
        </Button>
      </form>
    </Dialog>
  );
}
