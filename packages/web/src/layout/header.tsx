import { Link } from "@tanstack/react-router";
import { AccountMenu } from "../session/account-menu.tsx";
import { ActingStrip } from "../session/acting-strip.tsx";
import { Icon } from "../ui/icons.tsx";
import { Logo } from "../ui/logo.tsx";
import { openPalette } from "./command-keys.tsx";
import { NAVIGATION } from "./navigation.ts";
import { ThemeToggle } from "./theme-toggle.tsx";

const LINK =
  "rounded-md px-3 py-1.5 text-soft hover:bg-sunk hover:text-ink aria-[current=page]:font-semibold aria-[current=page]:text-ink";

export function Header() {
  return (
    <header className="sticky top-0 z-30 border-b border-line bg-paper">
      <div className="mx-auto flex h-16 w-full max-w-[100rem] items-center gap-2 px-4 sm:px-8">
        <Link to="/" className="mr-1 flex items-center gap-2.5 rounded-md text-lg font-semibold tracking-tight sm:mr-4">
          <Logo />
          <span>Modelyard</span>
        </Link>
        <nav aria-label="Main" className="hidden items-center lg:flex">
          {NAVIGATION.map(({ to, label, exact }) => (
            <Link key={to} to={to} className={LINK} activeOptions={{ exact: exact ?? false, includeSearch: false }}>
              {label}
            </Link>
          ))}
        </nav>
        <div className="ml-auto flex items-center gap-1">
          <button
            type="button"
            onClick={openPalette}
            aria-keyshortcuts="Control+K Meta+K"
            className="flex min-h-10 items-center gap-2 rounded-md px-2.5 text-soft hover:bg-sunk hover:text-ink xl:min-w-56 xl:border xl:border-line xl:bg-card"
          >
            <Icon name="search" />
            <span className="max-xl:sr-only">Search</span>
            <span
              aria-hidden="true"
              className="ml-auto hidden rounded border border-line px-1.5 font-mono text-xs xl:inline"
            >
              Ctrl K
            </span>
          </button>
          <ThemeToggle />
          <AccountMenu />
          {/* A disclosure of the browser's own: it works without JavaScript. */}
          <details className="group relative lg:hidden" name="menu">
            <summary
              className="grid size-10 list-none place-items-center rounded-md hover:bg-sunk [&::-webkit-details-marker]:hidden"
              aria-label="Menu"
            >
              <Icon name="menu" />
            </summary>
            <nav
              aria-label="Menu"
              className="absolute right-0 mt-2 grid w-52 rounded-lg border border-line bg-card p-2 shadow-xl"
            >
              {NAVIGATION.map(({ to, label, exact }) => (
                <Link
                  key={to}
                  to={to}
                  className={`${LINK} py-2.5`}
                  activeOptions={{ exact: exact ?? false, includeSearch: false }}
                  onClick={(event) => event.currentTarget.closest("details")?.removeAttribute("open")}
                >
                  {label}
                </Link>
              ))}
            </nav>
          </details>
        </div>
      </div>
      <ActingStrip />
    </header>
  );
}
