/** The visitor's runs that fit what is typed in the palette. Loaded with the first search: it brings the SDK. */
import type { Task } from "@modelyard/contract";
import { snippet } from "../history/snippet.ts";
import { clientFor } from "../run/client.ts";
import type { Session } from "../session/session-provider.tsx";

export interface FoundRun {
  id: string;
  model: string;
  words: string;
}

const MOST = 5;

/** The newest ones; a number's own run comes first, however many newer ones have the number among their inputs. */
export async function findRuns(session: Session, search: string): Promise<FoundRun[]> {
  const client = clientFor(session);
  const [numbered, { tasks }] = await Promise.all([
    // None of theirs has this number: nothing to tell.
    /^[1-9]\d{0,14}$/.test(search) ? client.detail({ taskid: search }).catch(() => undefined) : undefined,
    client.tasks({ search, limit: MOST }),
  ]);
  const found: Task[] = numbered ? [numbered, ...tasks.filter(({ id }) => id !== numbered.id)] : tasks;
  return found.slice(0, MOST).map((task) => ({
    id: task.id,
    model: `${task.modelslugowner}/${task.modelslugproject}`,
    words: snippet(task.parameters),
  }));
}
