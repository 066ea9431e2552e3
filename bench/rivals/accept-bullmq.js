// (a2) Fastify, the same signature check, and one BullMQ job on Redis with an fsync for each write.
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { onStop, print, settings } from "./program.js";
import { startSignedServer } from "./signed-server.js";

const connection = new Redis(settings.redis, { maxRetriesPerRequest: null });
const queue = new Queue("tasks", { connection });
await queue.waitUntilReady();

const server = await startSignedServer(async (body) => (await queue.add("run", body)).id);
print({ url: server.url });
onStop(async () => {
  await server.close();
  print({ stored: await queue.getWaitingCount() });
  await queue.close();
  connection.disconnect();
});
