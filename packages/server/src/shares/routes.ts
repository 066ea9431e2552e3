import type { FastifyInstance } from "fastify";
import { authenticatedPost } from "../http/authenticated.ts";
import { readBody } from "../http/body.ts";
import { filesBaseOf, reply, typeOf } from "../http/request.ts";
import type { Projects } from "../projects/service.ts";
import type { Shares } from "./service.ts";

/** `/v1/Share/*`. What is behind a link is open to whoever has it. */
export function shareRoutes(app: FastifyInstance, { projects, shares }: { projects: Projects; shares: Shares }): void {
  authenticatedPost(app, projects, "/v1/Share/Create", async (call) => ({ share: await shares.create(call) }));
  authenticatedPost(app, projects, "/v1/Share/List", async (call) => ({ shares: await shares.list(call) }));
  authenticatedPost(app, projects, "/v1/Share/Revoke", async (call) => {
    await shares.revoke(call);
    return {};
  });
  app.post("/v1/Share/Detail", async (request, response) => {
    const fields = await readBody(request.raw, typeOf(request));
    const run = await shares.open(fields, filesBaseOf(request));
    response.header("cache-control", "no-store");
    return reply(response, { result: true, errors: [], run });
  });
}
