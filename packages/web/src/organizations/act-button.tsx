import type { Organization } from "@modelyard/contract";
import { useSession } from "../session/session-provider.tsx";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";

/** Acts for the organisation from now on; where one does already, it says so. */
export function ActButton({ organization }: { organization: Organization }) {
  const session = useSession();
  if (session.state !== "in") return null;
  if (session.acting?.uuid === organization.uuid) return <Badge tone="wait">You act for it</Badge>;
  return (
    <Button size="small" aria-label={`Act for it: ${organization.name}`} onClick={() => session.actFor(organization)}>
      Act for it
    </Button>
  );
}
