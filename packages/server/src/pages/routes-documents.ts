import { apiError, DocumentSection } from "@modelyard/contract";
import type { FastifyInstance } from "fastify";
import { type Fields, readBody } from "../http/body.ts";
import { oneOf, textField } from "../http/fields.ts";
import { reply, typeOf } from "../http/request.ts";
import type { Documents } from "./service-documents.ts";

/** `/v1/Document/*`, and the pictures of the documentation. Open to everybody. */
export function documentRoutes(app: FastifyInstance, { documents }: { documents: Documents }): void {
  const section = (fields: Fields) => {
    const found = oneOf(fields, "section", DocumentSection.options);
    if (found === undefined) throw apiError("parameterRequired", "section");
    return found;
  };
  app.post("/v1/Document/List", async (request, response) => {
    const fields = await readBody(request.raw, typeOf(request));
    return reply(response, { result: true, errors: [], documents: await documents.list(section(fields)) });
  });
  app.post("/v1/Document/Detail", async (request, response) => {
    const fields = await readBody(request.raw, typeOf(request));
    const document = await documents.detail(section(fields), textField(fields, "name") ?? "");
    return reply(response, { result: true, errors: [], document });
  });
  app.get<{ Params: { name: string } }>("/docs/:name(^[a-z0-9-]+\\.svg$)", async (request, response) => {
    const { name } = request.params;
    const picture = await documents.picture(name);
    if (!picture) throw apiError("unknownEndpoint");
    return response
      .headers({
        "content-type": "image/svg+xml",
        "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        "x-content-type-options": "nosniff",
        "cache-control": "public, max-age=3600",
      })
      .send(picture);
  });
}
