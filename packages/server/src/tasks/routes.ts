import type { Readable } from "node:stream";
import { apiError, fileValue } from "@modelyard/contract";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { type Blobs, BlobTooLargeError } from "../blobs/blobs.ts";
import { safeName, typeByName } from "../files/service.ts";
import { FILE_LIMIT, readBody } from "../http/body.ts";
import { baseOf, credentialsOf, reply, typeOf } from "../http/request.ts";
import { newToken } from "../http/tokens.ts";
import type { Principal, Projects } from "../projects/service.ts";
import type { ReceivedFile, Tasks } from "./service.ts";

export interface TaskRoutesDeps {
  tasks: Tasks;
  projects: Projects;
  blobs: Blobs;
}

/** `POST /v1/Run/{owner}/{model}` and `/v1/Task/*` (wire-contract.md 3, 5, 7). */
export function taskRoutes(app: FastifyInstance, { tasks, projects, blobs }: TaskRoutesDeps): void {
  /** Stores what a multipart body carries; `stored` collects the blobs so that a refused run leaves nothing behind. */
  const storeInto = (stored: string[]) => async (file: { name: string; contentType: string; stream: Readable }) => {
    const blob = await blobs.put(file.stream, { limit: FILE_LIMIT }).catch((error: unknown) => {
      if (error instanceof BlobTooLargeError)
        throw apiError("fileInvalid", file.name || "file", "must be at most 100 MB");
      throw error;
    });
    stored.push(blob.key);
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

  app.post<{ Params: { owner: string; model: string } }>("/v1/Run/:owner/:model", async (request, response) => {
    const principal = await projects.authenticate(credentialsOf(request));
    const model = tasks.model(request.params.owner, request.params.model);
    const stored: string[] = [];
    try {
      const fields = await readBody(request.raw, typeOf(request), storeInto(stored));
      const { taskId, token } = await tasks.run(principal, model, fields, baseOf(request));
      return reply(response, { errors: [], taskid: String(taskId), socketaccesstoken: token, result: true });
    } catch (error) {
      for (const key of stored) await blobs.delete(key);
      throw error;
    }
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
