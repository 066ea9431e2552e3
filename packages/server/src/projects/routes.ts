/** `/v1/Project/List` (wire-contract.md 9). */
import type { FastifyInstance } from "fastify";
import { readBody } from "../http/body.ts";
import { credentialsOf, reply, typeOf } from "../http/request.ts";
import type { Principal, ProjectRow, Projects } from "./service.ts";

/** Keys are stored hashed: only the one that this request carries can be shown whole. */
function present(row: ProjectRow, principal: Principal, apiKey: string) {
  return {
    id: String(row.id),
    uuid: principal.accountUuid,
    name: row.name,
    description: "",
    slug: null,
    apikey: principal.kind === "key" && row.id === principal.projectId ? apiKey : `…${row.key_last4 ?? ""}`,
    ipwhitelist: JSON.parse(row.ip_allow) as string[],
    time: String(Math.floor(row.created_at / 1000)),
    authmethod: row.auth,
    requestCount: String(row.tasks),
  };
}

export function projectRoutes(app: FastifyInstance, { projects }: { projects: Projects }): void {
  app.post("/v1/Project/List", async (request, response) => {
    const credentials = credentialsOf(request);
    const principal = await projects.authenticate(credentials);
    await readBody(request.raw, typeOf(request));
    const rows = await projects.list(principal.accountId);
    const project = rows.map((row) => present(row, principal, credentials.apiKey ?? ""));
    return reply(response, { result: true, errors: [], project });
  });
}
