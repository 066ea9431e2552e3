import type { FastifyInstance } from "fastify";
import { reply } from "../http/request.ts";
import type { Status } from "./service.ts";

/** `/v1/Status/Detail`: open to everybody, so it says nothing of anybody. */
export function statusRoutes(app: FastifyInstance, { status }: { status: Status }): void {
  app.post("/v1/Status/Detail", async (_request, response) =>
    reply(response, { result: true, errors: [], ...(await status.report()) }),
  );
}
