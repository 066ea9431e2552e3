// (b2, c) BullMQ: enqueue to done, or the wait from enqueue to the handler's first line.
import { fileURLToPath } from "node:url";
import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { settings } from "./program.js";
import { runClient, runWorker } from "./queue.js";

const connection = new Redis(settings.redis, { maxRetriesPerRequest: null });

if (settings.role === "worker") {
  await runWorker(async (onJob) => {
    const worker = new Worker("tasks", async (job) => onJob(job.data), {
      connection,
      concurrency: settings.workerConcurrency,
      removeOnComplete: { count: 0 },
    });
    await worker.waitUntilReady();
  });
} else {
  const queue = new Queue("tasks", { connection });
  await queue.waitUntilReady();
  await runClient({
    file: fileURLToPath(import.meta.url),
    enqueue: (payload) => queue.add("noop", payload),
    isEmpty: async () => Object.values(await queue.getJobCounts("waiting", "active")).every((count) => count === 0),
  });
  await queue.close();
  connection.disconnect();
}
