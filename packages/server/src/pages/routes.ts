/** Every address that is not the API's: pages, their texts for programs, built files, and the two forms that pages send. */
import { apiError, type Log } from "@modelyard/contract";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { readBody } from "../http/body.ts";
import { type Buckets, senderOf, tooMany } from "../http/rates.ts";
import { baseOf, typeOf } from "../http/request.ts";
import {
  ADDRESS_LIMIT,
  chosenEncoding,
  contentSecurityPolicy,
  PAGE_HEADERS,
  readReport,
  WORKER_POLICY,
  wantsMarkdown,
} from "./policy.ts";
import { PagesBusyError } from "./render-thread.ts";
import type { Pages } from "./service.ts";
import { SCRIPT_TYPE } from "./static-files.ts";

const FOREVER = "public, max-age=31536000, immutable";
/** Files beside the pages, such as the favicon. Seconds. */
const SHORT = "public, max-age=3600";

function sendFile(request: FastifyRequest, reply: FastifyReply, pages: Pages, path: string): FastifyReply | undefined {
  const file = pages.file(path);
  if (!file) return undefined;
  const wanted = chosenEncoding(request.headers["accept-encoding"]);
  const packed = wanted === "identity" ? undefined : file.bodies[wanted];
  if (packed) void reply.header("content-encoding", wanted);
  return reply
    .headers({
      "content-type": file.contentType,
      "cache-control": file.immutable ? FOREVER : SHORT,
      vary: "accept-encoding",
    })
    .headers({
      "x-content-type-options": "nosniff",
      ...(file.contentType === SCRIPT_TYPE ? { "content-security-policy": WORKER_POLICY } : {}),
    })
    .send(request.method === "HEAD" ? undefined : (packed ?? file.bodies.identity));
}

/** What a browser shows where a page cannot be made: the API is a thread of its own and goes on. */
const NO_PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Modelyard</title><h1>This page cannot be shown at the moment</h1><p>Please try again in a few seconds. Runs are not affected.</p></html>`;

export interface PageRoutesDeps {
  pages: Pages;
  /** Base addresses of the API and of files, where the operator has set them. */
  addresses: string[];
  /** How often one sender may ask for pieces of pages; undefined = as often as it likes. */
  rate: Buckets | undefined;
  log: Log;
}

export function pageRoutes(app: FastifyInstance, { pages, addresses, rate, log }: PageRoutesDeps): void {
  const origins = [...new Set(addresses.map((address) => new URL(address).origin))];

  async function sendPage(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { url } = request;
    const path = url.split("?")[0] ?? "/";
    if (url.length > ADDRESS_LIMIT) throw apiError("unknownEndpoint");
    const file = sendFile(request, reply, pages, path.slice(1));
    if (file) return file;
    // What is under these is an API's; an unknown address there is answered in its way.
    if (/^\/(v1|worker|account|assets)(\/|$)/i.test(path)) throw apiError("unknownEndpoint");
    const canonical = pages.canonical(path);
    if (canonical !== undefined) return reply.redirect(canonical + url.slice(path.length), 301);

    const wanted = { url, base: baseOf(request), markdown: wantsMarkdown(request.headers.accept) };
    const page = await pages.page(wanted).catch((error: unknown) => {
      if (!(error instanceof PagesBusyError)) log(`pages: ${path}: ${String(error)}`, { level: "error" });
    });
    if (!page)
      return reply
        .code(503)
        .headers({ "retry-after": "2", "cache-control": "no-store" })
        .type("text/html; charset=utf-8")
        .send(NO_PAGE);
    const { answer, etag, bodies } = page;
    if (answer.location !== undefined) return reply.redirect(answer.location, answer.status);
    void reply
      .headers({ ...PAGE_HEADERS, etag })
      .header("content-type", answer.contentType)
      .code(answer.status);
    if (answer.contentType.startsWith("text/html"))
      void reply.header("content-security-policy", contentSecurityPolicy(answer.scripts, origins));
    if (answer.status === 200 && request.headers["if-none-match"] === etag) return reply.code(304).send();
    const encoding = chosenEncoding(request.headers["accept-encoding"]);
    if (encoding !== "identity") void reply.header("content-encoding", encoding);
    return reply.send(request.method === "HEAD" ? undefined : bodies[encoding]);
  }
  app.route({ method: ["GET", "HEAD"], url: "/*", handler: sendPage });

  app.post("/web/samples", async (request, reply) => {
    const wait = rate?.take(senderOf(request.ip)) ?? 0;
    if (wait > 0) throw tooMany(wait);
    const body = await readBody(request.raw, typeOf(request));
    const answer = await pages.fragment({ url: "/web/samples", base: baseOf(request), markdown: false, body });
    return reply.code(answer.status).header("content-type", answer.contentType).send(answer.body);
  });

  app.post<{ Params: { owner: string; model: string } }>("/models/:owner/:model/report", async (request, reply) => {
    const { owner, model } = request.params;
    const report = readReport(await readBody(request.raw, typeOf(request)));
    const page = `/models/${encodeURIComponent(owner)}/${encodeURIComponent(model)}`;
    if (!report) return reply.redirect(`${page}#report`, 303);
    if (!(await pages.report({ owner, model }, report))) throw apiError("unknownEndpoint");
    return reply.redirect(`${page}?reported=1#report`, 303);
  });
}
