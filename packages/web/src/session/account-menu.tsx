import { Link, useRouterState } from "@tanstack/react-router";
import { ACCOUNT_NAVIGATION, OPERATOR_NAVIGATION, SIGN_UP } from "../layout/navigation.ts";
import { buttonClass } from "../ui/button.tsx";
import { useSession } from "./session-provider.tsx";
import { signInPath } from "./sign-in-path.ts";

/** The right end of the header: a way in, or who is in and a way out. The server does not know; the browser fills it in. */
export function AccountMenu() {
  const session = useSession();
  // The way back is the address as it is now: it changes while a form is filled in.
  useRouterState({ select: (state) => state.location.href });
  if (session.state === "in") {
    const { name, email, role } = session.account;
    return (
      <details className="relative ml-1" name="menu">
        <summary
          aria-label={`Account: ${email}`}
          className="grid size-9 list-none place-items-center rounded-full bg-ink text-sm font-semibold text-paper [&::-webkit-details-marker]:hidden"
        >
          <span aria-hidden="true">{(name || email).charAt(0).toUpperCase()}</span>
        </summary>
        <form
          method="post"
          action="/account/SignOut"
          className="absolute right-0 mt-2 grid w-60 gap-3 rounded-lg border border-line bg-card p-4 shadow-xl"
        >
          <p className="text-sm wrap-anywhere">
            {name !== "" && <span className="block font-semibold">{name}</span>}
            <span className="text-soft">{email}</span>
          </p>
          <nav aria-label="Account" className="grid">
            {[...ACCOUNT_NAVIGATION, ...(role === "operator" ? OPERATOR_NAVIGATION : [])].map(({ to, label }) => (
              <Link key={to} to={to} className="rounded-md px-2 py-1.5 hover:bg-sunk" activeOptions={{ exact: true }}>
                {label}
              </Link>
            ))}
          </nav>
          <button type="submit" className={buttonClass("plain", "small")}>
            Sign out
          </button>
        </form>
      </details>
    );
  }
  if (session.state === "out" && session.offered) {
    return (
      <>
        <a href={signInPath()} className="ml-1 rounded-md px-3 py-2 font-semibold whitespace-nowrap hover:bg-sunk">
          Sign in
        </a>
        <a href={signInPath(SIGN_UP)} className={`${buttonClass("primary")} whitespace-nowrap max-sm:hidden`}>
          Sign up
        </a>
      </>
    );
  }
  return null;
}
