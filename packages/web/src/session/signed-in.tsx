/** The frame of pages that belong to an account: the server sends it to everybody, the browser fills it in. */
import type { ReactNode } from "react";
import { Button, buttonClass } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { useSession } from "./session-provider.tsx";
import { signInPath } from "./sign-in-path.ts";

export function SignedIn({ what, children }: { what: string; children: ReactNode }) {
  const session = useSession();
  if (session.state === "in") return children;
  if (session.state === "out") {
    return session.offered ? (
      <EmptyState
        sentence={`Sign in to see ${what}.`}
        action={
          <a href={signInPath()} className={buttonClass("primary")}>
            Sign in
          </a>
        }
      />
    ) : (
      <EmptyState
        sentence="The server did not say whether you are signed in."
        action={<Button onClick={() => location.reload()}>Load the page again</Button>}
      />
    );
  }
  return (
    <>
      <Loading />
      <noscript>
        <p className="mt-4 rounded-md bg-wait-wash px-4 py-2.5 text-wait">
          This page needs JavaScript. The API tells programs the same.
        </p>
      </noscript>
    </>
  );
}

/** Shown where something takes a moment; a plain block, so that nothing jumps. */
export function Loading() {
  return (
    <div aria-hidden="true" data-loading="" className="min-h-64 rounded-lg border border-line bg-card opacity-60" />
  );
}
