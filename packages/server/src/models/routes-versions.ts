/** `/v1/Model/*` of operators: adding models, their versions. Pauses are workers/routes-operate.ts. */
import type { FastifyInstance } from "fastify";
import { actorOf, authenticatedPost, type Call } from "../http/authenticated.ts";
import { readBody } from "../http/body.ts";
import { credentialsOf, reply, typeOf } from "../http/request.ts";
import type { Projects } from "../projects/service.ts";
import type { ModelVersions } from "./service-versions.ts";

export function modelVersionRoutes(
  app: FastifyInstance,
  { projects, versions }: { projects: Projects; versions: ModelVersions },
): void {
  app.post("/v1/Model/Add", async (request, response) => {
    const credentials = credentialsOf(request);
    const actor = actorOf(await projects.authenticate(credentials), credentials.ip);
    const unpacked = versions.unpacked();
    try {
      await readBody(request.raw, typeOf(request), unpacked.take);
      const change = await versions.add(unpacked.folder(), actor);
      return reply(response, { result: true, errors: [], ...change });
    } finally {
      await unpacked.discard();
    }
  });
  const action = (name: string, run: (call: Call) => Promise<object>) =>
    authenticatedPost(app, projects, `/v1/Model/${name}`, run);
  action("List", async () => ({ models: versions.list() }));
  action("Versions", async ({ fields }) => ({ versions: versions.versions(fields) }));
  action("Activate", (call) => versions.activate(call));
  action("Remove", (call) => versions.remove(call));
}
