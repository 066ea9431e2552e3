/** Pages as they are sent: from the cache where one is, else made by the thread; and what visitors send from them. */
import type { Log, SiteAnswer, SiteRequest } from "@modelyard/contract";
import type { FastifyInstance } from "fastify";
import type { Database } from "../db/database.ts";
import type { Models } from "../models/service.ts";
import { createPageCache, type Page, pageOf } from "./cache.ts";
import type { Report } from "./policy.ts";
import { createRenderThread } from "./render-thread.ts";
import { type StaticFile, staticFiles } from "./static-files.ts";
import { insertReport } from "./store.ts";

export interface Pages {
  file(path: string): StaticFile | undefined;
  page(request: SiteRequest): Promise<Page>;
  /** A piece of a page, made for what was sent along; not kept. */
  fragment(request: SiteRequest): Promise<SiteAnswer>;
  /** The one spelling of a model's address; undefined where it is this one, or no model's. */
  canonical(path: string): string | undefined;
  report(name: { owner: string; model: string }, report: Report): Promise<boolean>;
  close(): Promise<void>;
}

export interface PagesDeps {
  app: FastifyInstance;
  db: Database;
  models: Models;
  dist: string;
  log: Log;
}

export function createPages({ app, db, models, dist, log }: PagesDeps): Pages {
  const cache = createPageCache(() => performance.now());
  const unsubscribe = models.changed(() => cache.clear());
  const thread = createRenderThread(
    dist,
    async ({ base, path, body }) => {
      const { host, protocol } = new URL(base);
      const response = await app.inject({
        method: "POST",
        url: path,
        headers: { host, "content-type": "application/json", "x-forwarded-proto": protocol.slice(0, -1) },
        payload: body,
      });
      return { status: response.statusCode, text: response.payload };
    },
    log,
  );

  return {
    file: staticFiles(dist),
    page: (request) =>
      // A revoked link must not be answered with a page that was kept.
      request.url.startsWith("/shared/")
        ? thread.ask(request).then(pageOf)
        : cache.get(`${request.base} ${request.markdown} ${request.url}`, () => thread.ask(request)),
    fragment: (request) => thread.ask(request),
    canonical(path) {
      const [, owner, slug] = /^\/models\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
      if (owner === undefined || slug === undefined) return undefined;
      const model = models.find(decoded(owner), decoded(slug));
      if (!model) return undefined;
      const wanted = `/models/${encodeURIComponent(model.cleanOwner)}/${encodeURIComponent(model.cleanSlug)}`;
      return wanted === path ? undefined : wanted;
    },
    async report({ owner, model }, report) {
      const found = models.find(owner, model);
      if (!found) return false;
      if (!(await insertReport(db, found.id, report)))
        log(`reports about ${found.owner}/${found.slug}: too many wait to be read`, {
          level: "warn",
          model: `${found.owner}/${found.slug}`,
        });
      return true;
    },
    close() {
      unsubscribe();
      return thread.close();
    },
  };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
