import { mayManageFor } from "./acting.ts";
import { useSession } from "./session-provider.tsx";

/** Whether the visitor is signed in and may do what the API asks `manage` for: plain members of an organisation may not. */
export function useManages(): boolean {
  const session = useSession();
  return session.state === "in" && mayManageFor(session.acting);
}
