import { Link, useRouterState } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { ACCOUNT_NAVIGATION, OPERATOR_NAVIGATION, SIGN_UP } from "../layout/navigation.ts";
import { buttonClass } from "../ui/button.tsx";
import { useSession } from "./session-provider.tsx";
import { signInPath } from "./sign-in-path.ts";

/** Only who opens the menu needs it. */
const ActingSwitch = lazy(async () => ({ default: (await import("./acting-switch.tsx")).ActingSwitch }));

/** The right end of the header: a way in, or who is in and a way out. The server does not know; the browser fills it in. */
export function AccountMenu() {
  const session = useSession();
  const [isOpen, setOpen] = useState(false);
  // The way back is the address as it is now: it changes while a form is filled in.
  useRouterState({ select: (state) => state.location.href });
  if (session.state === "in") {
    const { name, email, role } = session.account;
    const { acting } = session;
    const pages = [...ACCOUNT_NAVIGATION, ...(role === "operator" && !acting ? OPERATOR_NAVIGATION : [])];
    return (
      <details className="ml-1 @md:relative" name="menu" onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary
          aria-label={acting ? `Account: ${email}, acting for ${acting.name}` : `Account: ${email}`}
          className={`grid size-9 list-none place-items-center text-sm font-semibold [&::-webkit-details-marker]:hidden ${acting ? "rounded-md bg-signal text-signal-ink" : "rounded-full bg-ink text-paper"}`}
        >
          <span aria-hidden="true">{(acting?.name || name || email).charAt(0).toUpperCase()}</span>
        </summary>
        <form
          method="post"
          action="/account/SignOut"
          className="absolute right-4 mt-2 grid max-h-[calc(100dvh-5rem)] w-64 max-w-[calc(100vw-2rem)] gap-3 overflow-y-auto rounded-lg border border-line bg-card p-4 shadow-xl @md:right-0"
        >
          <p className="text-sm wrap-anywhere">
            {name !== "" && <span className="block font-semibold">{name}</span>}
            <span className="text-soft">{email}</span>
          </p>
          {isOpen && (
            <Suspense fallback={null}>
              <ActingSwitch />
            </Suspense>
          )}
          <nav aria-label="Account" className="grid">
            {pages.map(({ to, label }) => (
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
        <a href={signInPath(SIGN_UP)} className={`${buttonClass("primary")} whitespace-nowrap @max-xl:hidden`}>
          Sign up
        </a>
      </>
    );
  }
  return null;
}
