import { ApiError } from "@modelyard/contract";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { readBody } from "../http/body.ts";
import { type Buckets, tooMany } from "../http/rates.ts";
import { credentialsOf, filesBaseOf, reply, typeOf } from "../http/request.ts";
import type { Principal, Projects } from "../projects/service.ts";
import type { Uploads } from "./service-uploads.ts";

/** `POST /v1/File/*` (wire-contract.md 8). */
export function uploadRoutes(
  app: FastifyInstance,
  deps: {
    uploads: Uploads;
    projects: Projects;
    /** Bytes, by account. */
    rate: Buckets | undefined;
  },
): void {
  const { uploads, projects, rate } = deps;
  app.post("/v1/File/Upload", async (request, response) => {
    const principal = await projects.authenticate(credentialsOf(request));
    const sender = String(principal.accountId);
    const wait = rate?.take(sender, 0) ?? 0;
    if (wait > 0) throw tooMany(wait);
    // A connection may carry several requests; what this one brought is what is counted.
    const before = request.raw.socket.bytesRead;
    const intake = await uploads.intake(principal);
    let handedOver = false;
    try {
      const fields = await readBody(request.raw, typeOf(request), intake.take);
      handedOver = true;
      const list = await uploads.register(principal, fields, intake, filesBaseOf(request));
      return reply(response, { result: true, errors: [], list });
    } catch (error) {
      // A fault that is no refusal may have come after the commit: what no row names then goes with the sweep of orphans.
      if (!handedOver || error instanceof ApiError) await intake.discard();
      throw error;
    } finally {
      rate?.charge(sender, request.raw.socket.bytesRead - before);
    }
  });

  const action = (
    path: string,
    run: (principal: Principal, fields: Record<string, unknown>, base: string) => Promise<object>,
  ) =>
    app.post(path, async (request: FastifyRequest, response) => {
      const principal = await projects.authenticate(credentialsOf(request));
      const fields = await readBody(request.raw, typeOf(request));
      return reply(response, { result: true, errors: [], ...(await run(principal, fields, filesBaseOf(request))) });
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
