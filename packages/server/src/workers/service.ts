import type { Database } from "../db/database.ts";
import * as queue from "../queue/service.ts";
import { readInputsOf } from "../tasks/lifecycle.ts";
import { inputFiles } from "../tasks/service.ts";

/** What a worker that fetches and delivers files is asked about its attempt. */
export interface Attempts {
  /** Whether this attempt is leased right now, by the database's clock. */
  isLeased(attempt: { taskId: number; epoch: number }): Promise<boolean>;
  /** The blob of the task's input file number `n`; undefined where there is none, or where it is an address. */
  storedInput(taskId: number, n: number): Promise<string | undefined>;
}

export function createAttempts(db: Database): Attempts {
  return {
    isLeased: async (attempt) => queue.holds(db, { ...attempt, now: await db.now() }),
    async storedInput(taskId, n) {
      const source = inputFiles(await readInputsOf(db, taskId))[n]?.source;
      return source && "file" in source ? source.file.ref : undefined;
    },
  };
}
