import type { Readable } from "node:stream";
import { apiError, fileValue } from "@modelyard/contract";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { type Blobs, BlobTooLargeError } from "../blobs/blobs.ts";
import { safeName, typeByName } from "../files/service.ts";
import { FILE_LIMIT, readBody } from "../http/body.ts";
import { baseOf, credentialsOf, reply, typeOf } from "../http/request.ts";
import { newToken } from "../http/tokens.ts";
import type { Principal, Projects } from "../projects/service.ts";
import { idempotencyKey, runKey } from "./idempotency.ts";
import type { ReceivedFile, Started, Tasks } from "./service.ts";

export interface TaskRoutesDeps {
  tasks: Tasks;
  projects: Projects;
  blobs: Blobs;
}

/** `POST /v1/Run/{owner}/{model}` and `/v1/Task/*` (wire-contract.md 3, 5, 7). */
export function taskRoutes(app: FastifyInstance, { tasks, projects, blobs }: TaskRoutesDeps): void {
  /** Stores what a multipart body carries; `stored` collects the blobs (hashes by key) so that a refused run leaves nothing behind. */
  const storeInto =
    (stored: Map<string, string>) => async (file: { name: string; contentType: string; stream: Readable }) => {
      const blob = await blobs.put(file.stream, { limit: FILE_LIMIT }).catch((error: unknown) => {
        if (error instanceof BlobTooLargeError)
          throw apiError("fileInvalid", file.name || "file", "must be at most 100 MB");
        throw error;
      });
      stored.set(blob.key, blob.sha256);
      const name = safeName(file.name);
      const received: ReceivedFile = {
        ref: blob.key,
        name,
        contentType: typeByName(name, file.contentType),
        size: blob.size,
        accessKey: newToken(),
      };
      return fileValue(received);
    };

  async function run(request: FastifyRequest<{ Params: { owner: string; model: string } }>): Promise<Started> {
    const principal = await projects.authenticate(credentialsOf(request));
    const key = idempotencyKey(request.headers["idempotency-key"]);
    const model = tasks.model(request.params.owner, request.params.model);
    const stored = new Map<string, string>();
    const forget = async () => {
      for (const blob of stored.keys()) await blobs.delete(blob);
    };
    try {
      const fields = await readBody(request.raw, typeOf(request), storeInto(stored));
      const idempotency = key === undefined ? undefined : runKey({ key, modelId: model.id, fields, hashes: stored });
      const started = await tasks.run(principal, model, fields, baseOf(request), idempotency);
      if (started.again) await forget();
      return started;
    } catch (error) {
      await forget();
      throw error;
    }
  }

  app.post<{ Params: { owner: string; model: string } }>("/v1/Run/:owner/:model", async (request, response) => {
    const { taskId, token } = await run(request);
    return reply(response, { errors: [], taskid: String(taskId), socketaccesstoken: token, result: true });
  });

  const action = (
    path: string,
    run: (principal: Principal, fields: Record<string, unknown>, base: string) => Promise<object>,
  ) =>
    app.post(path, async (request: FastifyRequest, response) => {
      const principal = await projects.authenticate(credentialsOf(request));
      const fields = await readBody(request.raw, typeOf(request));
      return reply(response, await run(principal, fields, baseOf(request)));
    });

  action("/v1/Task/Detail", async (principal, fields, base) => ({
    total: "1",
    errors: [],
    tasklist: [await tasks.detail(principal, fields, base)],
    result: true,
  }));
  action("/v1/Task/List", async (principal, fields, base) => {
    const { total, tasks: tasklist } = await tasks.list(principal, fields, base);
    return { total: String(total), errors: [], tasklist, result: true };
  });
  action("/v1/Task/Stat", async (principal) => {
    const { total, stat } = await tasks.stat(principal);
    return { result: true, errors: [], total: String(total), stat };
  });
  action("/v1/Task/InputOutputDelete", async (principal, fields) => {
    await tasks.deleteFiles(principal, fields);
    return { result: true, errors: [] };
  });
  action("/v1/Task/Cancel", async (principal, fields, base) => ({
    errors: [],
    tasklist: [await tasks.cancel(principal, fields, base)],
    result: true,
  }));
  action("/v1/Task/Kill", async (principal, fields, base) => ({
    errors: [],
    tasklist: [await tasks.kill(principal, fields, base)],
    result: true,
  }));
}
