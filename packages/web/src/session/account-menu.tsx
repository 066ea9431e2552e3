import { useSession } from "./session-provider.tsx";
import { signInPath } from "./sign-in-path.ts";

/** The right end of the header. Its place is kept while the answer is on its way, so that nothing moves. */
export function AccountMenu() {
  const session = useSession();
  if (session.state === "in") {
    const initial = (session.account.name || session.account.email).charAt(0).toUpperCase();
    return (
      <span
        role="img"
        aria-label={`Signed in as ${session.account.email}`}
        title={session.account.email}
        className="ml-1 grid size-8 place-items-center rounded-full bg-ink text-sm font-semibold text-paper"
      >
        {initial}
      </span>
    );
  }
  const path = session.state === "out" && session.offered ? signInPath() : undefined;
  if (path !== undefined) {
    return (
      <a href={path} className="ml-1 rounded-md px-3 py-2 font-semibold hover:bg-sunk">
        Sign in
      </a>
    );
  }
  return null;
}
