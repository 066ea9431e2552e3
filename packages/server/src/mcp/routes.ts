/** `/mcp`: the Model Context Protocol over HTTP, without sessions: each request stands for itself, so any server can answer it. */
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import type { Log } from "@modelyard/contract";
import type { FastifyInstance } from "fastify";
import { readAll } from "../http/body.ts";
import { baseOf, hangUp, typeOf } from "../http/request.ts";
import { apiCaller } from "./api-caller.ts";

/** Bytes of a request: an upload of 2 MiB as base64, and room. */
const LARGEST_REQUEST = 4 * 1024 * 1024;

export function mcpRoutes(app: FastifyInstance, { log }: { log: Log }): void {
  app.route({
    method: ["GET", "POST", "DELETE"],
    url: "/mcp",
    async handler(request, response) {
      // The protocol's library takes megabytes of memory, which servers that no agent talks to keep.
      const [{ createMcpHandler }, { mcpServer }] = await Promise.all([
        import("@modelcontextprotocol/server"),
        import("./tools.ts"),
      ]);
      const api = apiCaller(app, request, hangUp(response));
      // What the library refuses is told to the client; its words may hold what was sent, and are not for the log. Nothing here ever
      // changes by itself, so nobody has anything to listen for.
      const { fetch, close } = createMcpHandler(() => mcpServer(api, log), { maxSubscriptions: 0 });
      const headers = new Headers({ "content-type": typeOf(request) });
      for (const name of ["accept", "mcp-protocol-version", "mcp-method", "mcp-name", "mcp-session-id"]) {
        const value = request.headers[name];
        if (typeof value === "string") headers.set(name, value);
      }
      const body = request.method === "POST" ? { body: await readAll(request.raw, LARGEST_REQUEST) } : {};
      const answer = await fetch(
        new Request(`${baseOf(request)}/mcp`, {
          method: request.method,
          headers,
          ...body,
        }),
      );
      response.hijack();
      response.raw.writeHead(answer.status, {
        ...Object.fromEntries(answer.headers),
        "access-control-allow-origin": "*",
        "cache-control": "no-store",
      });
      if (answer.body)
        await pipeline(Readable.fromWeb(answer.body as ReadableStream), response.raw).catch(() =>
          response.raw.destroy(),
        );
      else response.raw.end();
      await close();
    },
  });
}
