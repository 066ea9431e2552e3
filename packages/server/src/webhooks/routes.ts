import type { FastifyInstance, FastifyRequest } from "fastify";
import { type Fields, readBody } from "../http/body.ts";
import { flagField } from "../http/fields.ts";
import { credentialsOf, filesBaseOf, reply, typeOf } from "../http/request.ts";
import type { Principal, Projects } from "../projects/service.ts";
import { listQuery } from "../tasks/policy.ts";
import type { Tasks } from "../tasks/service.ts";
import { callbackBody } from "./present.ts";
import type { Webhooks } from "./service.ts";

export interface WebhookRoutesDeps {
  webhooks: Webhooks;
  tasks: Tasks;
  projects: Projects;
}

const NAMES = ["taskid", "tasktoken", "socketaccesstoken"];

/** `POST /v1/Task/Callback{List,Replay,Secret}`: ours, additions to wire-contract.md 11. */
export function webhookRoutes(app: FastifyInstance, { webhooks, tasks, projects }: WebhookRoutesDeps): void {
  const action = (path: string, run: (principal: Principal, fields: Fields, base: string) => Promise<object>) =>
    app.post(path, async (request: FastifyRequest, response) => {
      const principal = await projects.authenticate(credentialsOf(request));
      return reply(response, await run(principal, await readBody(request.raw, typeOf(request)), filesBaseOf(request)));
    });
  /** The caller's own task, by any of its names. */
  const taskId = async (principal: Principal, fields: Fields, base: string) =>
    Number((await tasks.detail(principal, fields, base)).id);

  action("/v1/Task/CallbackList", async (principal, fields, base) => {
    const named = NAMES.some((name) => Object.hasOwn(fields, name) && fields[name] !== "" && fields[name] !== null);
    const { start, limit } = listQuery(fields);
    const id = named ? await taskId(principal, fields, base) : undefined;
    const bodyOf = named
      ? async (kept: string) => callbackBody(await tasks.detail(principal, fields, kept || base))
      : undefined;
    const { total, callbacks } = await webhooks.list(principal, { taskId: id, start, limit, bodyOf });
    return { total: String(total), errors: [], callbacklist: callbacks, result: true };
  });
  action("/v1/Task/CallbackReplay", async (principal, fields, base) => {
    await webhooks.replay(principal, await taskId(principal, fields, base));
    return { result: true, errors: [] };
  });
  action("/v1/Task/CallbackSecret", async (principal, fields) => {
    const projectId = await projects.chosen(principal, fields);
    const rotate = flagField(fields, "rotate");
    return { secret: await webhooks.secret({ ...principal, projectId }, { rotate }), errors: [], result: true };
  });
}
