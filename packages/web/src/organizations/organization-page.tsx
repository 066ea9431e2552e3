/** One organisation: who is in it and what they may spend, who is invited, its name and its end. */
import { mayManage, OrganizationDetailResponse } from "@modelyard/contract";
import { Link, useParams } from "@tanstack/react-router";
import { DashboardFrame } from "../dashboard/dashboard-frame.tsx";
import { useSession } from "../session/session-provider.tsx";
import { Loading } from "../session/signed-in.tsx";
import { useAnswer } from "../session/use-answer.ts";
import { buttonClass } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { Panel } from "../ui/panel.tsx";
import { ActButton } from "./act-button.tsx";
import { Invitations } from "./invitations.tsx";
import { MemberItem } from "./member-item.tsx";
import { organizationCall } from "./organization-call.ts";
import { Ending } from "./organization-end.tsx";
import { NameForm } from "./organization-name.tsx";
import { RoleBadge } from "./role-badge.tsx";
import { ROLES } from "./role-words.ts";

export function OrganizationPage() {
  const { uuid = "" } = useParams({ strict: false });
  return (
    <DashboardFrame
      title="Organisation"
      lead="Who acts for it, and what they may do and spend."
      what="your organisations"
    >
      <OrganizationView key={uuid} uuid={uuid} />
    </DashboardFrame>
  );
}

function OrganizationView({ uuid }: { uuid: string }) {
  const session = useSession();
  const { answer, reload } = useAnswer(`organization ${uuid}`, () =>
    organizationCall("OrganizationDetail", { uuid }, OrganizationDetailResponse),
  );
  if (answer.state === "asking" || session.state !== "in") return <Loading />;
  if (answer.state === "failed")
    return (
      <div role="alert">
        <EmptyState
          sentence={answer.problem}
          action={
            <Link to="/dashboard/organizations" className={buttonClass("plain")}>
              Your organisations
            </Link>
          }
        />
      </div>
    );
  const { organization, members, invitations } = answer.data;
  const { role, name } = organization;
  const manages = mayManage(role);
  const owners = members.filter((member) => member.role === "owner").length;
  const own = members.find((member) => member.uuid === session.account.uuid);
  return (
    <div className="grid gap-6">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-3 rounded-lg border border-line bg-card px-5 py-4">
        <div className="min-w-0 grow basis-60">
          <p className="flex flex-wrap items-center gap-2.5">
            <span className="text-xl font-semibold wrap-anywhere">{name}</span>
            <RoleBadge role={role} />
          </p>
          <p className="text-sm text-soft">You may: {ROLES[role].may}.</p>
        </div>
        <ActButton organization={organization} />
      </div>
      <Panel title="Members" lead={members.length === 1 ? "Nobody but you yet." : `${members.length} people`}>
        <ul aria-label="Members" className="-my-4 divide-y divide-line">
          {members.map((member) => (
            <MemberItem
              key={member.uuid}
              organization={organization}
              member={member}
              isOwn={member.uuid === own?.uuid}
              isLastOwner={member.role === "owner" && owners === 1}
              onChanged={reload}
            />
          ))}
        </ul>
      </Panel>
      {manages && <Invitations organization={organization} invitations={invitations} onChanged={reload} />}
      {manages && <NameForm organization={organization} onChanged={reload} />}
      <Ending organization={organization} own={own} isLastOwner={own?.role === "owner" && owners === 1} />
    </div>
  );
}
