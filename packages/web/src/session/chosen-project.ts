/**
 * The project that runs from this browser are billed to, and in whose name code samples are written. Kept in localStorage, for each
 * account or organisation by itself; the server's choice is the oldest project.
 */
import type { Session } from "./session-provider.tsx";

const key = (session: Session & { state: "in" }) => `modelyard-project ${session.acting?.uuid ?? session.account.uuid}`;

/** Its id; undefined = nobody has chosen. */
export function chosenProject(session: Session): string | undefined {
  if (session.state !== "in") return undefined;
  try {
    return localStorage.getItem(key(session)) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Undefined takes the choice back. */
export function chooseProject(session: Session, id: string | undefined): void {
  if (session.state !== "in") return;
  try {
    if (id === undefined) localStorage.removeItem(key(session));
    else localStorage.setItem(key(session), id);
  } catch {
    // Without storage the server's choice holds.
  }
}
