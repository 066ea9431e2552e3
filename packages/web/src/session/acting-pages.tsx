import { Outlet } from "@tanstack/react-router";
import { Fragment } from "react";
import { useSession } from "./session-provider.tsx";

/** The page that is open. Acting for somebody else makes it anew: nothing of whom one acted for before stays on it. */
export function ActingPages() {
  const session = useSession();
  return (
    <Fragment key={session.state === "in" ? session.switches : 0}>
      <Outlet />
    </Fragment>
  );
}
