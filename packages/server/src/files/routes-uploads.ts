import type { FastifyInstance, FastifyRequest } from "fastify";
import { readBody } from "../http/body.ts";
import { baseOf, credentialsOf, reply, typeOf } from "../http/request.ts";
import type { Principal, Projects } from "../projects/service.ts";
import type { Uploads } from "./service-uploads.ts";

/** `POST /v1/File/*` (wire-contract.md 8). */
export function uploadRoutes(
  app: FastifyInstance,
  { uploads, projects }: { uploads: Uploads; projects: Projects },
): void {
  app.post("/v1/File/Upload", async (request, response) => {
    const principal = await projects.authenticate(credentialsOf(request));
    const intake = await uploads.intake(principal);
    try {
      const fields = await readBody(request.raw, typeOf(request), intake.take);
      const list = await uploads.register(principal, fields, intake, baseOf(request));
      return reply(response, { result: true, errors: [], list });
    } catch (error) {
      await intake.discard();
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
      return reply(response, { result: true, errors: [], ...(await run(principal, fields, baseOf(request))) });
    });

  action("/v1/File/FolderCreate", async (principal, fields) => ({
    list: [await uploads.createFolder(principal, fields)],
  }));
  action("/v1/File/List", async (principal, fields, base) => {
    const { total, list } = await uploads.listFiles(principal, fields, base);
    return { total: String(total), list };
  });
  action("/v1/File/FolderList", async (principal, fields) => {
    const { total, list } = await uploads.listFolders(principal, fields);
    return { total: String(total), list };
  });
  action("/v1/File/Delete", async (principal, fields) => {
    await uploads.deleteFile(principal, fields);
    return {};
  });
  action("/v1/File/FolderDelete", async (principal, fields) => {
    await uploads.deleteFolder(principal, fields);
    return {};
  });
}
