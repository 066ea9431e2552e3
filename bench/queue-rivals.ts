import { startPostgres, startRedis } from "../scripts/lib/services.js";
import { runProgram } from "./program.ts";
import type { Found } from "./rounds.ts";

export type Settings = Record<string, unknown>;

/** Each rival queue, on a service of its own that is fresh for the run. */
export const queueRivals: Record<string, (settings: Settings) => Promise<Found>> = {
  "graphile-worker, default": (settings) => onPostgres({ ...settings, batched: false }),
  "graphile-worker, batched": (settings) => onPostgres({ ...settings, batched: true }),
  "BullMQ, fsync always": (settings) => onRedis("always", settings),
  "BullMQ, fsync each second": (settings) => onRedis("everysec", settings),
};

async function onPostgres(settings: Settings): Promise<Found> {
  const postgres = await startPostgres();
  try {
    return (await runProgram("rivals/queue-graphile.js", { ...settings, postgres: postgres.url })) as Found;
  } finally {
    await postgres.stop();
  }
}

async function onRedis(fsync: "always" | "everysec", settings: Settings): Promise<Found> {
  const redis = await startRedis({ fsync });
  try {
    const workerConcurrency = 64;
    return (await runProgram("rivals/queue-bullmq.js", { ...settings, workerConcurrency, redis: redis.url })) as Found;
  } finally {
    await redis.stop();
  }
}
