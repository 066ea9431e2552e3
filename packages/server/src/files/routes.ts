import { apiError } from "@modelyard/contract";
import type { FastifyInstance } from "fastify";
import type { Blobs } from "../blobs/blobs.ts";
import type { FilesOrigin } from "./origin.ts";
import { inertHeaders, matchesTag, parseRange } from "./policy.ts";
import type { Files } from "./service.ts";

/** `GET /v1/File/{accesskey}/{name}`: the key in the address is the permission (wire-contract.md 8). */
export function fileRoutes(
  app: FastifyInstance,
  { files, blobs, origin }: { files: Files; blobs: Blobs; origin: FilesOrigin | undefined },
): void {
  app.route<{ Params: { key: string; name: string } }>({
    method: ["GET", "HEAD"],
    url: "/v1/File/:key/:name",
    async handler(request, response) {
      const file = /^[A-Za-z0-9]{30}$/.test(request.params.key)
        ? await files.byAccessKey(request.params.key)
        : undefined;
      if (!file) throw apiError("unknownEndpoint");
      const headers = {
        ...inertHeaders({
          name: file.name,
          contentType: file.content_type,
          download: origin !== undefined && request.headers.host !== origin.host,
        }),
        "accept-ranges": "bytes",
        etag: `"${file.id}"`,
      };
      if (matchesTag(request.headers["if-none-match"], headers.etag)) return response.code(304).headers(headers).send();
      const changed = request.headers["if-range"] !== undefined && request.headers["if-range"] !== headers.etag;
      const range = changed ? undefined : parseRange(request.headers.range, file.size);
      if (range === "unsatisfiable") {
        return response
          .code(416)
          .headers({ ...headers, "content-range": `bytes */${file.size}` })
          .send();
      }
      const length = range ? range.end - range.start + 1 : file.size;
      const all = {
        ...headers,
        "content-length": String(length),
        ...(range ? { "content-range": `bytes ${range.start}-${range.end}/${file.size}` } : {}),
      };
      if (request.method === "HEAD")
        return response
          .code(range ? 206 : 200)
          .headers(all)
          .send();
      const blob = await blobs.open(file.blob);
      if (!blob) throw apiError("unknownEndpoint");
      response.hijack();
      response.raw.writeHead(range ? 206 : 200, all);
      // A reader that goes away in the middle is no error of ours.
      await blob.send(response.raw, range ?? { start: 0, end: file.size - 1 }).catch(() => response.raw.destroy());
    },
  });
}
