import { apiError, type Log, SYNC_LIMIT_MS } from "@modelyard/contract";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { envelope, publicError } from "../http/app.ts";
import { filesBaseOf, hangUp, reply } from "../http/request.ts";
import type { Principal } from "../projects/service.ts";
import type { RunRequest, RunRoute } from "../tasks/run-request.ts";
import type { Tasks } from "../tasks/service.ts";
import { openEventStream } from "./event-stream.ts";
import type { Realtime } from "./socket.ts";

export interface SyncRoutesDeps {
  run: RunRequest;
  tasks: Tasks;
  realtime: Realtime;
  log: Log;
}

function wantsStream(request: FastifyRequest): boolean {
  const { stream } = request.query as { stream?: unknown };
  return /^(true|1)$/i.test(String(stream ?? "")) || /\btext\/event-stream\b/i.test(request.headers.accept ?? "");
}

/** `POST /v1/Run/{owner}/{model}/sync` (wire-contract.md 3.1). Whoever hangs up leaves the run to itself. */
export function syncRoutes(app: FastifyInstance, { run, tasks, realtime, log }: SyncRoutesDeps): void {
  const detail = async (principal: Principal, taskId: number, base: string) => ({
    total: "1",
    errors: [],
    tasklist: [await tasks.detail(principal, { taskid: taskId }, base)],
    result: true,
  });

  app.post<RunRoute>("/v1/Run/:owner/:model/sync", async (request, response) => {
    const { principal, started, model } = await run(request);
    const { taskId, token } = started;
    const base = filesBaseOf(request);
    const names = { taskid: String(taskId), socketaccesstoken: token };
    const timeout = { ...envelope(apiError("syncTimeout")), ...names };
    const signal = hangUp(response);
    if (!wantsStream(request)) {
      const ended = await realtime.ended(taskId, { limitMs: SYNC_LIMIT_MS, signal });
      if (signal.aborted) return response.hijack();
      if (ended) return reply(response, await detail(principal, taskId, base));
      return reply(response.code(504), timeout);
    }
    response.hijack();
    const stream = openEventStream(response.raw, {
      taskId: names.taskid,
      isText: model.manifest.output === "text",
    });
    stream.send("start", { errors: [], ...names, result: true });
    try {
      const leave = await realtime.follow({ id: taskId, token }, base, stream.subscriber);
      const limit = Promise.withResolvers<"time">();
      const timer = setTimeout(() => limit.resolve("time"), SYNC_LIMIT_MS);
      const end = await Promise.race([stream.over, limit.promise]);
      clearTimeout(timer);
      leave();
      if (signal.aborted) return response;
      if (end === "time") stream.send("error", timeout);
      else stream.send("done", await detail(principal, taskId, base));
    } catch (error) {
      log(`stream of task ${taskId}: ${String(error)}`, { level: "error", task: taskId });
      stream.send("error", envelope(publicError(error)));
    }
    stream.end();
    return response;
  });
}
