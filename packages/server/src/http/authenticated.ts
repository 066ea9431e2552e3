/** A POST route below /v1 for callers with credentials: who calls, what they sent, and the answer in the wire's envelope. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Actor } from "../audit-log/service.ts";
import type { Principal, Projects } from "../projects/service.ts";
import { type Fields, readBody } from "./body.ts";
import { baseOf, credentialsOf, reply, typeOf } from "./request.ts";

export interface Call {
  principal: Principal;
  fields: Fields;
  /** For the audit log. */
  actor: Actor;
  /** Public base address of this request. */
  base: string;
}

/** An answer that is a table in a file and no envelope. */
export interface CsvFile {
  csv: string;
  name: string;
}

function actorName({ kind, actorUuid, keyId }: Principal): string {
  if (kind === "operator") return "command line";
  return kind === "account" ? `account:${actorUuid}` : `key:${keyId}`;
}

export function actorOf(principal: Principal, ip: string): Actor {
  return { name: actorName(principal), ip };
}

function isCsv(answer: object): answer is CsvFile {
  return "csv" in answer;
}

function sendCsv(response: FastifyReply, { csv, name }: CsvFile): FastifyReply {
  return response
    .header("content-type", "text/csv; charset=utf-8")
    .header("content-disposition", `attachment; filename="${name}"`)
    .header("x-content-type-options", "nosniff")
    .send(csv);
}

export function authenticatedPost(
  app: FastifyInstance,
  projects: Projects,
  path: string,
  run: (call: Call) => Promise<object>,
): void {
  app.post(path, async (request: FastifyRequest, response) => {
    const credentials = credentialsOf(request);
    const principal = await projects.authenticate(credentials);
    const fields = await readBody(request.raw, typeOf(request));
    const answer = await run({
      principal,
      fields,
      actor: actorOf(principal, credentials.ip),
      base: baseOf(request),
    });
    response.header("cache-control", "no-store");
    if (isCsv(answer)) return sendCsv(response, answer);
    return reply(response, { result: true, errors: [], ...answer });
  });
}
