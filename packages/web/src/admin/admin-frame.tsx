import type { ReactNode } from "react";
import { SideFrame } from "../dashboard/dashboard-frame.tsx";
import { ADMIN_PAGES } from "../layout/side-pages.ts";
import { useSession } from "../session/session-provider.tsx";
import { Button, buttonClass } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";

/** One page of the operator's. Who is none is told so; the API refuses them anyway. */
export function AdminFrame({ title, lead, children }: { title: string; lead: string; children: ReactNode }) {
  return (
    <SideFrame name="Administration" pages={ADMIN_PAGES} title={title} lead={lead}>
      <Operators>{children}</Operators>
    </SideFrame>
  );
}

function Operators({ children }: { children: ReactNode }) {
  const session = useSession();
  if (session.state === "in" && session.account.role === "operator") {
    if (!session.acting) return children;
    return (
      <EmptyState
        sentence={`You act for ${session.acting.name}. An operator's rights are yours alone, not an organisation's.`}
        action={<Button onClick={() => session.actFor(undefined)}>Act for yourself</Button>}
      />
    );
  }
  return (
    <EmptyState
      sentence="These pages are for who runs this server."
      action={
        <a href="/dashboard" className={buttonClass("plain")}>
          Go to your dashboard
        </a>
      }
    />
  );
}
