/** Files for workers, beside their socket: model folders, stored inputs, outputs. Every request carries the worker's token. */
import { pipeline } from "node:stream/promises";
import { apiError } from "@modelyard/contract";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type Blobs, BlobTooLargeError } from "../blobs/blobs.ts";
import { reply } from "../http/request.ts";
import type { Models } from "../models/service.ts";
import type { Gateway } from "./gateway.ts";
import type { Attempts } from "./service.ts";

/** Bytes of one output file, whatever the manifest says. */
const OUTPUT_LIMIT = 4 * 1024 * 1024 * 1024;

export interface WorkerRoutesDeps {
  attempts: Attempts;
  blobs: Blobs;
  models: Models;
  gateway: Gateway;
}

export function workerRoutes(app: FastifyInstance, { attempts, blobs, models, gateway }: WorkerRoutesDeps): void {
  const authorize = async (request: FastifyRequest) => {
    if (!(await gateway.authorized(request.headers.authorization))) throw apiError("badBearer");
  };
  const stream = async (response: FastifyReply, body: NodeJS.ReadableStream) => {
    response.hijack();
    response.raw.writeHead(200, { "content-type": "application/octet-stream" });
    await pipeline(body, response.raw).catch(() => response.raw.destroy());
  };
  /** The attempt in the address must be leased right now; what it may read and write is only its own. */
  const attempt = async (request: FastifyRequest): Promise<number> => {
    const { task, epoch } = request.params as { task: string; epoch: string };
    const lease = { taskId: Number(task), epoch: Number(epoch) };
    if (!(await attempts.isLeased(lease))) throw apiError("taskNotFound");
    return lease.taskId;
  };

  app.get<{ Params: { version: string; "*": string } }>("/worker/v1/models/:version/*", async (request, response) => {
    await authorize(request);
    const body = models.openFile(request.params.version, request.params["*"]);
    if (!body) throw apiError("unknownEndpoint");
    return stream(response, body);
  });

  app.get<{ Params: { task: string; epoch: string; n: string } }>(
    "/worker/v1/tasks/:task/:epoch/inputs/:n",
    async (request, response) => {
      await authorize(request);
      const taskId = await attempt(request);
      const blob = await attempts.storedInput(taskId, Number(request.params.n));
      const body = blob === undefined ? undefined : await blobs.get(blob);
      if (!body) throw apiError("unknownEndpoint");
      return stream(response, body);
    },
  );

  app.post<{ Params: { task: string; epoch: string } }>(
    "/worker/v1/tasks/:task/:epoch/outputs",
    async (request, response) => {
      await authorize(request);
      await attempt(request);
      const blob = await blobs.put(request.raw, { limit: OUTPUT_LIMIT }).catch((error: unknown) => {
        if (error instanceof BlobTooLargeError) throw apiError("bodyTooLarge");
        throw error;
      });
      return reply(response, { blob: blob.key, size: blob.size, sha256: blob.sha256 });
    },
  );
}
