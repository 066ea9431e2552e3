// (b1, c) graphile-worker: enqueue to done, or the wait from enqueue to the handler's first line.
import { fileURLToPath } from "node:url";
import { Logger, makeWorkerUtils, run } from "graphile-worker";
import pg from "pg";
import { settings } from "./program.js";
import { runClient, runWorker } from "./queue.js";

/**
 * Adding a job sends a NOTIFY, and PostgreSQL commits those one after the other: 64 connections only contend (611
 * jobs/s measured on 2 busy cores without a worker, against 1,170 to 1,300 with 16 to 24).
 */
const CLIENT_CONNECTIONS = 16;

const logger = new Logger(() => () => undefined);

/** Its own page on performance: these settings, and for "batched" the ones it says give an order of magnitude. */
const worker = {
  connectionString: settings.postgres,
  concurrentJobs: 24,
  maxPoolSize: 25,
  ...(settings.batched ? { localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 } : {}),
};

if (settings.role === "worker") {
  await runWorker((onJob) =>
    run({ preset: { worker }, logger, noHandleSignals: true, taskList: { noop: async (payload) => onJob(payload) } }),
  );
} else {
  const pgPool = new pg.Pool({ connectionString: settings.postgres, max: CLIENT_CONNECTIONS });
  pgPool.on("error", (error) => process.stderr.write(`${error.message}\n`));
  pgPool.on("connect", (client) => client.on("error", () => undefined));
  const utils = await makeWorkerUtils({ pgPool, logger });
  await utils.migrate();
  await runClient({
    file: fileURLToPath(import.meta.url),
    enqueue: (payload) => utils.addJob("noop", payload),
    isEmpty: async () => (await pgPool.query("select from graphile_worker._private_jobs limit 1")).rowCount === 0,
  });
  await utils.release();
  await pgPool.end();
}
