/**
 * Projects take turns: within one priority, the next task of each project comes before the second one of any, however many tasks
 * a project has queued. Start-time fair queueing with a cost of one per task: a task's *turn* is one more than its project's last
 * one, and never behind the turn that is being served, so that nobody saves up turns while idle.
 *
 * The numbers are stored with the tasks; what is kept here is only where each project and each priority stands, per server.
 */
import type { Database } from "../db/database.ts";

/** Projects remembered before those whose turns are over are forgotten. */
const REMEMBERED = 10_000;

interface Line {
  /** The highest turn handed out to a worker. */
  served: number;
  /** Each project's last turn. */
  last: Map<number, number>;
}

export class Turns {
  readonly #lines = new Map<number, Line>();

  #line(priority: number): Line {
    let line = this.#lines.get(priority);
    if (!line) this.#lines.set(priority, (line = { served: 0, last: new Map() }));
    return line;
  }

  /** The turn of one more task of this project. */
  next(priority: number, projectId: number): number {
    const line = this.#line(priority);
    const turn = Math.max(line.served, line.last.get(projectId) ?? 0) + 1;
    // A project whose last turn is over stands where an unknown one does.
    if (line.last.size >= REMEMBERED)
      for (const [project, last] of line.last) if (last <= line.served) line.last.delete(project);
    line.last.set(projectId, turn);
    return turn;
  }

  /** A task with this turn was handed out. */
  serve(priority: number, turn: number): void {
    const line = this.#line(priority);
    if (turn > line.served) line.served = turn;
  }

  /** Takes up where the tasks in the store stand. */
  resume(stored: readonly { priority: number; project: number; first: number; last: number }[]): void {
    for (const [priority, rows] of Map.groupBy(stored, (row) => row.priority)) {
      const line = this.#line(priority);
      line.served = Math.max(0, Math.min(...rows.map(({ first }) => first - 1)));
      for (const { project, last } of rows) line.last.set(project, last);
    }
  }
}

export async function loadTurns(db: Database): Promise<Turns> {
  const turns = new Turns();
  turns.resume(
    await db.all(
      "select priority, project_id as project, min(turn) as first, max(turn) as last from queue_entry group by priority, project_id",
      [],
    ),
  );
  return turns;
}
