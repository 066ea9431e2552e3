import type { FastifyInstance, FastifyRequest } from "fastify";
import { readBody } from "../http/body.ts";
import { credentialsOf, filesBaseOf, hangUp, reply, typeOf } from "../http/request.ts";
import type { Principal, Projects } from "../projects/service.ts";
import type { WaitOptions } from "../realtime/wait.ts";
import { preferredWait, type RunRequest, type RunRoute } from "./run-request.ts";
import type { Tasks } from "./service.ts";

export interface TaskRoutesDeps {
  tasks: Tasks;
  projects: Projects;
  run: RunRequest;
  /** Waits for a task's end (realtime/wait.ts). */
  ended(taskId: number, options: WaitOptions): Promise<boolean>;
}

/** `POST /v1/Run/{owner}/{model}` and `/v1/Task/*` (wire-contract.md 3, 5, 7). */
export function taskRoutes(app: FastifyInstance, { tasks, projects, run, ended }: TaskRoutesDeps): void {
  app.post<RunRoute>("/v1/Run/:owner/:model", async (request, response) => {
    const { principal, started } = await run(request);
    const { taskId, token } = started;
    const seconds = preferredWait(request.headers.prefer);
    if (seconds > 0) {
      response.header("preference-applied", `wait=${seconds}`);
      const inTime = await ended(taskId, { limitMs: seconds * 1000, signal: hangUp(response) });
      if (inTime) return reply(response, await detail(principal, { taskid: taskId }, filesBaseOf(request)));
    }
    return reply(response, { errors: [], taskid: String(taskId), socketaccesstoken: token, result: true });
  });

  const detail = async (principal: Principal, fields: Record<string, unknown>, base: string) => ({
    total: "1",
    errors: [],
    tasklist: [await tasks.detail(principal, fields, base)],
    result: true,
  });

  const action = (
    path: string,
    run: (principal: Principal, fields: Record<string, unknown>, base: string) => Promise<object>,
  ) =>
    app.post(path, async (request: FastifyRequest, response) => {
      const principal = await projects.authenticate(credentialsOf(request));
      const fields = await readBody(request.raw, typeOf(request));
      return reply(response, await run(principal, fields, filesBaseOf(request)));
    });

  action("/v1/Task/Detail", detail);
  action("/v1/Task/List", async (principal, fields, base) => {
    const { total, tasks: tasklist } = await tasks.list(principal, fields, base);
    return { total: String(total), errors: [], tasklist, result: true };
  });
  action("/v1/Task/Stat", async (principal) => {
    const { total, stat } = await tasks.stat(principal);
    return { result: true, errors: [], total: String(total), stat };
  });
  action("/v1/Task/Events", async (principal, fields) => ({
    result: true,
    errors: [],
    events: await tasks.events(principal, fields),
  }));
  action("/v1/Task/InputOutputDelete", async (principal, fields) => {
    await tasks.deleteFiles(principal, fields);
    return { result: true, errors: [] };
  });
  action("/v1/Task/Cancel", async (principal, fields, base) => ({
    errors: [],
    tasklist: [await tasks.cancel(principal, fields, base)],
    result: true,
  }));
  action("/v1/Task/TagList", async (principal) => ({ result: true, errors: [], tags: await tasks.tags(principal) }));
  action("/v1/Task/Tags", async (principal, fields, base) => ({
    errors: [],
    tasklist: [await tasks.tag(principal, fields, base)],
    result: true,
  }));
  action("/v1/Task/Kill", async (principal, fields, base) => ({
    errors: [],
    tasklist: [await tasks.kill(principal, fields, base)],
    result: true,
  }));
}
