/** `/v1/Queue/*`, `/v1/Worker/*`, pauses of models, `/v1/Audit/Run`: the contract lets operators' bearer tokens in and nobody else. */
import type { FastifyInstance } from "fastify";
import { authenticatedPost, type Call } from "../http/authenticated.ts";
import type { Projects } from "../projects/service.ts";
import type { Operations } from "./service-operate.ts";
import type { WorkerTokens } from "./tokens.ts";

export function operateRoutes(
  app: FastifyInstance,
  { projects, operations, tokens }: { projects: Projects; operations: Operations; tokens: WorkerTokens },
): void {
  const action = (name: string, run: (call: Call) => Promise<object>) =>
    authenticatedPost(app, projects, `/v1/${name}`, run);
  const done = (name: string, run: (call: Call) => Promise<void>) =>
    action(name, async (call) => {
      await run(call);
      return {};
    });

  done("Model/Pause", (call) => operations.setModelPaused(call, true));
  done("Model/Resume", (call) => operations.setModelPaused(call, false));
  done("Queue/Pause", (call) => operations.setQueuePaused(call, true));
  done("Queue/Resume", (call) => operations.setQueuePaused(call, false));
  action("Queue/Detail", () => operations.queue());
  action("Queue/TaskList", async (call) => ({ tasks: await operations.waiting(call) }));
  done("Queue/Priority", (call) => operations.setPriority(call));
  action("Worker/List", async () => ({ workers: operations.workers() }));
  done("Worker/Cordon", (call) => operations.setCordoned(call, true));
  done("Worker/Uncordon", (call) => operations.setCordoned(call, false));
  action("Worker/TokenList", async () => ({ tokens: await tokens.list() }));
  action("Worker/TokenCreate", (call) => tokens.create(call));
  done("Worker/TokenRevoke", (call) => tokens.revoke(call));
  action("Audit/Run", () => operations.audit());
}
