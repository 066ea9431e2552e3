/** `/v1/Project/*` beyond the list, and `/v1/Token/*`. */
import type { FastifyInstance } from "fastify";
import { authenticatedPost, type Call } from "../http/authenticated.ts";
import type { Projects } from "./service.ts";
import type { ProjectManager } from "./service-manage.ts";

export function projectManageRoutes(
  app: FastifyInstance,
  { projects, manager }: { projects: Projects; manager: ProjectManager },
): void {
  const action = (name: string, run: (call: Call) => Promise<object>) =>
    authenticatedPost(app, projects, `/v1/${name}`, run);

  action("Project/Detail", async (call) => ({ project: await manager.detail(call) }));
  action("Project/Create", (call) => manager.create(call));
  action("Project/Update", async (call) => ({ project: await manager.update(call) }));
  action("Project/KeyCreate", async (call) => ({ key: await manager.createKey(call) }));
  action("Project/KeyUpdate", async (call) => ({ key: await manager.updateKey(call) }));
  action("Project/KeyRotate", async (call) => ({ key: await manager.rotateKey(call) }));
  action("Project/KeyRevoke", async (call) => {
    await manager.revokeKey(call);
    return {};
  });
  action("Project/Remove", async (call) => {
    await manager.remove(call);
    return {};
  });
  action("Token/Revoke", async (call) => {
    await manager.revokeToken(call);
    return {};
  });
  action("Token/Create", async (call) => {
    const { id, token, expires } = await manager.createToken(call);
    return { id: String(id), token, expires: String(Math.floor(expires / 1000)) };
  });
}
