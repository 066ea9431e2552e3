/** Plays many histories, a fresh store now and then so that the auditor stays quick. Throws with seed and path of the smallest failure. */

import { openDatabase } from "@modelyard/server/parts";
import fc from "fast-check";
import { createWorld, histories, play } from "./history.ts";

const HISTORIES_PER_STORE = 25;

export interface HistoriesOptions {
  runs: number;
  /** Operations of the longest history, about. */
  ops: number;
  seed: number;
  modelDirs: readonly string[];
  /** A fresh place for a store. */
  place: () => Promise<{ url: string | undefined; dataDir: string; drop(): Promise<void> }>;
}

export async function checkHistories({
  runs,
  ops,
  seed,
  modelDirs,
  place,
}: HistoriesOptions): Promise<{ histories: number; effective: number }> {
  let used = HISTORIES_PER_STORE;
  let effective = 0;
  let played = 0;
  let current: { world: Awaited<ReturnType<typeof createWorld>>; end(): Promise<void> } | undefined;
  const fresh = async () => {
    await current?.end();
    const { drop, ...where } = await place();
    const db = await openDatabase(where);
    current = {
      world: await createWorld(db, modelDirs),
      async end() {
        await db.close();
        await drop();
      },
    };
    return current;
  };
  let failed = false;
  try {
    await fc.assert(
      fc.asyncProperty(histories(ops), async (history) => {
        // After a failure each shrunk history gets a store that the last one has not spoilt.
        if (failed || used++ >= HISTORIES_PER_STORE || !current) {
          await fresh();
          used = 1;
        }
        failed = true;
        effective += await play((current as NonNullable<typeof current>).world, history);
        failed = false;
        played++;
      }),
      { numRuns: runs, seed, endOnFailure: false, interruptAfterTimeLimit: 28 * 60_000, markInterruptAsFailure: true },
    );
  } finally {
    await current?.end();
  }
  return { histories: played, effective };
}
