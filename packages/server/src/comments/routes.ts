import type { FastifyInstance } from "fastify";
import { authenticatedPost, type Call } from "../http/authenticated.ts";
import { readBody } from "../http/body.ts";
import { reply, typeOf } from "../http/request.ts";
import type { Projects } from "../projects/service.ts";
import type { Comments } from "./service.ts";

/** `/v1/Comment/*` and `/v1/Report/*`. Reading is open to everybody. */
export function commentRoutes(
  app: FastifyInstance,
  { projects, comments }: { projects: Projects; comments: Comments },
): void {
  const action = (name: string, run: (call: Call) => Promise<object>) =>
    authenticatedPost(app, projects, `/v1/${name}`, run);
  const done = (name: string, run: (call: Call) => Promise<void>) =>
    action(name, async (call) => {
      await run(call);
      return {};
    });

  app.post("/v1/Comment/List", async (request, response) => {
    const fields = await readBody(request.raw, typeOf(request));
    return reply(response, { result: true, errors: [], ...(await comments.list(fields)) });
  });
  action("Comment/Mine", comments.mine);
  action("Comment/Save", async (call) => ({ comment: await comments.save(call) }));
  done("Comment/Delete", comments.delete);
  done("Comment/Report", comments.report);
  done("Comment/Remove", comments.remove);
  action("Report/List", ({ fields }) => comments.reports(fields));
  done("Report/Close", comments.closeReport);
}
