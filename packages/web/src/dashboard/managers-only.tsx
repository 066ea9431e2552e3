import { Link } from "@tanstack/react-router";
import { useSession } from "../session/session-provider.tsx";
import { Button, buttonClass } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";

/** Instead of a page that the API would refuse to a plain member of the organisation that is acted for. */
export function ManagersOnly() {
  const session = useSession();
  if (session.state !== "in" || !session.acting) return null;
  const { acting, actFor } = session;
  return (
    <EmptyState
      sentence={`Projects, keys and money of ${acting.name} are for its owners and admins. As a member you run models for it, and see its runs and files.`}
      action={
        <div className="flex flex-wrap justify-center gap-3">
          <Link to="/models" className={buttonClass("primary")}>
            Choose a model
          </Link>
          <Link to="/runs" className={buttonClass("plain")}>
            See its runs
          </Link>
          <Button look="quiet" onClick={() => actFor(undefined)}>
            Act for yourself
          </Button>
        </div>
      }
    />
  );
}
