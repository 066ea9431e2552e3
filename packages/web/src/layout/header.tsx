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

/** What it folds goes by its room measured in letters (container queries): large text is the same to it as a small window. */
export function Header() {
  return (
    <header className="@container sticky top-0 z-30 border-b border-line bg-paper">
      <div className="mx-auto flex min-h-16 w-full max-w-[100rem] flex-wrap items-center gap-x-2 px-4 py-2 @max-2xs:gap-x-1 @max-2xs:px-2 sm:px-8">
        <Link
          to="/"
          className="mr-1 flex items-center gap-2.5 rounded-md text-lg font-semibold tracking-tight @xl:mr-4"
        >
          <Logo />
          <span className="@max-sm:sr-only">Modelyard</span>
        </Link>
        <nav aria-label="Main" className="hidden items-center @5xl:flex">
          {NAVIGATION.map(({ to, label, exact }) => (
            <Link key={to} to={to} className={LINK} activeOptions={{ exact: exact ?? false, includeSearch: false }}>
              {label}
            </Link>
          ))}
        </nav>
        <div className="ml-auto flex min-w-0 flex-wrap items-center justify-end gap-1 @max-2xs:gap-0">
          <button
            type="button"
            onClick={openPalette}
            aria-keyshortcuts="Control+K Meta+K"
            className="flex min-h-10 items-center gap-2 rounded-md px-2.5 text-soft hover:bg-sunk hover:text-ink @max-2xs:px-1.5 @7xl:min-w-56 @7xl:border @7xl:border-line @7xl:bg-card"
          >
            <Icon name="search" />
            <span className="@max-7xl:sr-only">Search</span>
            <span
              aria-hidden="true"
              className="ml-auto hidden rounded border border-line px-1.5 font-mono text-xs @7xl:inline"
            >
              Ctrl K
            </span>
          </button>
          <ThemeToggle />
          <AccountMenu />
          {/* A disclosure of the browser's own: it works without JavaScript. */}
          <details className="group @md:relative @5xl:hidden" name="menu">
            <summary
              className="grid size-10 list-none place-items-center rounded-md hover:bg-sunk @max-2xs:size-8 [&::-webkit-details-marker]:hidden"
              aria-label="Menu"
            >
              <Icon name="menu" />
            </summary>
            <nav
              aria-label="Menu"
              className="absolute right-4 mt-2 grid max-h-[calc(100dvh-5rem)] w-52 max-w-[calc(100vw-2rem)] overflow-y-auto rounded-lg border border-line bg-card p-2 shadow-xl @md:right-0"
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
