/** A request to Run, from its headers to the task that it started: shared by Run and its `sync` form. */
import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import { ApiError, apiError, fileValue, type QueueWish, readQueueWish, readTags } from "@modelyard/contract";
import type { FastifyRequest } from "fastify";
import { type Blobs, BlobTooLargeError } from "../blobs/blobs.ts";
import { safeName, typeByName } from "../files/service.ts";
import { FILE_LIMIT, readBody } from "../http/body.ts";
import { type Buckets, tooMany } from "../http/rates.ts";
import { credentialsOf, typeOf } from "../http/request.ts";
import { newToken } from "../http/tokens.ts";
import type { AcceptSpan, TaskTraces } from "../metrics/task-traces.ts";
import { type CatalogueModel, nameOf } from "../models/service.ts";
import type { Principal, Projects } from "../projects/service.ts";
import { idempotencyKey, runKey } from "./idempotency.ts";
import type { ReceivedFile } from "./parameters.ts";
import type { Started, Tasks } from "./service.ts";

export interface RunRoute {
  Params: { owner: string; model: string };
}
export type RunRequest = (
  request: FastifyRequest<RunRoute>,
) => Promise<{ principal: Principal; started: Started; model: CatalogueModel }>;

export function createRunRequest(deps: {
  tasks: Tasks;
  projects: Projects;
  blobs: Blobs;
  /** Runs, by project. */
  rate: Buckets | undefined;
  traces: TaskTraces;
}): RunRequest {
  const { tasks, projects, blobs, rate, traces } = deps;
  /** Stores what a multipart body carries; `stored` collects the blobs (hashes by key) so that a refused run leaves nothing behind. */
  const storeInto =
    (stored: Map<string, string>) => async (file: { name: string; contentType: string; stream: Readable }) => {
      const blob = await blobs.put(file.stream, { limit: FILE_LIMIT }).catch((error: unknown) => {
        if (error instanceof BlobTooLargeError)
          throw apiError("fileInvalid", file.name || "file", "must be at most 100 MB");
        throw error;
      });
      stored.set(blob.key, blob.sha256);
      const name = safeName(file.name);
      const received: ReceivedFile = {
        ref: blob.key,
        name,
        contentType: typeByName(name, file.contentType),
        size: blob.size,
        accessKey: newToken(),
      };
      return fileValue(received);
    };

  async function start(request: FastifyRequest<RunRoute>, span: AcceptSpan | undefined) {
    const principal = await projects.authenticate(credentialsOf(request));
    const wait = rate?.take(String(principal.projectId)) ?? 0;
    if (wait > 0) throw tooMany(wait);
    const sent = idempotencyKey(request.headers["idempotency-key"]);
    // Browser tokens share a project with strangers, and an equal request under an equal key names its task. § is in no header.
    const key = sent !== undefined && principal.kind === "browser" ? `§${principal.keyId} ${sent}` : sent;
    const wish = wishOf(request.headers);
    const tags = tagsOf(request.headers);
    const model = tasks.model(request.params.owner, request.params.model);
    span?.for(nameOf(model));
    const stored = new Map<string, string>();
    const forget = async () => {
      for (const blob of stored.keys()) await blobs.delete(blob);
    };
    let handedOver = false;
    try {
      const fields = await readBody(request.raw, typeOf(request), storeInto(stored));
      handedOver = true;
      const idempotency = key === undefined ? undefined : runKey({ key, modelId: model.id, fields, hashes: stored });
      const started = await tasks.run(principal, model, {
        fields,
        wish,
        tags,
        base: request.filesBase,
        ownBases: [request.base, request.filesBase],
        idempotency,
        numbered: span?.numbered,
      });
      if (started.again) await forget();
      return { principal, started, model };
    } catch (error) {
      // A fault that is no refusal may have come after the commit: what no task names then goes with the sweep of orphans.
      if (!handedOver || error instanceof ApiError) await forget();
      throw error;
    }
  }

  return async (request) => {
    const { traceparent } = request.headers;
    const span = traces.asked(typeof traceparent === "string" ? traceparent : undefined);
    try {
      const started = await start(request, span);
      span?.end();
      return started;
    } catch (error) {
      span?.end(error instanceof ApiError ? error.error : "internal");
      throw error;
    }
  };
}

function headerText(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}

function tagsOf(headers: IncomingHttpHeaders): string[] {
  const tags = readTags(headerText(headers, "modelyard-tags") ?? "");
  if (!tags) throw apiError("tagsInvalid");
  return tags;
}

/** Priority and deadline, from their headers. */
function wishOf(headers: IncomingHttpHeaders): QueueWish {
  const wish = readQueueWish(headerText(headers, "modelyard-priority"), headerText(headers, "modelyard-deadline"));
  if (wish === "priority") throw apiError("priorityInvalid");
  if (wish === "deadline") throw apiError("deadlineInvalid");
  return wish;
}

/** Seconds at most that `Prefer: wait=N` is heard for; a longer wish is cut to it. */
const LONGEST_WAIT_S = 300;

/** N of `Prefer: wait=N` (RFC 7240) in seconds; 0 where there is none. What is not understood is ignored, as the RFC asks. */
export function preferredWait(header: string | string[] | undefined): number {
  const text = Array.isArray(header) ? header.join(",") : (header ?? "");
  const [, seconds = "0"] = /(?:^|[,;])\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:$|[,;])/i.exec(text) ?? [];
  return Math.min(Number(seconds), LONGEST_WAIT_S);
}
