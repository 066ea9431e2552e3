import { useSession } from "./session-provider.tsx";

/** Whether links reach their readers by mail; otherwise they wait for the operator. */
export function useSendsMail(): boolean {
  const session = useSession();
  return session.state === "in" && session.account.getsMail === true;
}
