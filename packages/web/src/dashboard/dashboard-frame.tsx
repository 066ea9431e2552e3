import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef } from "react";
import type { NavigationItem } from "../layout/navigation.ts";
import { SignedIn } from "../session/signed-in.tsx";

const PAGES: readonly NavigationItem[] = [
  { to: "/dashboard", label: "Overview", exact: true },
  { to: "/runs", label: "Runs" },
  { to: "/dashboard/projects", label: "Projects and keys" },
  { to: "/dashboard/usage", label: "Usage" },
  { to: "/dashboard/wallet", label: "Wallet" },
  { to: "/dashboard/files", label: "Files" },
  { to: "/dashboard/callbacks", label: "Callbacks" },
  { to: "/dashboard/account", label: "Account" },
  { to: "/dashboard/activity", label: "Activity" },
];

interface FrameProps {
  title: string;
  lead: string;
  /** What one signs in to see. */
  what?: string;
  children: ReactNode;
}

/** One page of the dashboard: its name, what it is about, and the way to the others. */
export function DashboardFrame(props: FrameProps) {
  return <SideFrame name="Dashboard" pages={PAGES} {...props} />;
}

/** Pages that belong together, listed at the side, or above where there is no room for it. */
export function SideFrame({
  name,
  pages,
  title,
  lead,
  what = "this page",
  children,
}: FrameProps & { name: string; pages: readonly NavigationItem[] }) {
  const strip = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a small window the pages are a strip that scrolls: the one that is open is in sight.
    const current = strip.current?.querySelector<HTMLElement>('[aria-current="page"]');
    if (strip.current && current) strip.current.scrollLeft = current.offsetLeft - strip.current.clientWidth / 3;
  }, []);
  return (
    <div className="gap-10 lg:grid lg:grid-cols-[12rem_minmax(0,1fr)]">
      <nav
        ref={strip}
        aria-label={name}
        className="relative -mx-4 mb-6 overflow-x-auto px-4 sm:-mx-8 sm:px-8 lg:m-0 lg:overflow-visible lg:p-0"
      >
        <ul className="flex w-max min-w-full gap-1 border-b border-line lg:sticky lg:w-auto lg:top-24 lg:grid lg:border-0">
          {pages.map(({ to, label, exact }) => (
            <li key={to}>
              <Link
                to={to}
                className="block border-b-2 border-transparent px-3 py-2 whitespace-nowrap text-soft hover:text-ink aria-[current=page]:border-signal aria-[current=page]:font-semibold aria-[current=page]:text-ink lg:rounded-md lg:border-0 lg:hover:bg-sunk lg:aria-[current=page]:bg-signal-wash"
                activeOptions={{ exact: exact ?? false, includeSearch: false }}
              >
                {label}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <div className="min-w-0">
        <h1 className="text-3xl">{title}</h1>
        <p className="mt-1 mb-6 max-w-2xl text-soft">{lead}</p>
        <SignedIn what={what}>{children}</SignedIn>
      </div>
    </div>
  );
}
