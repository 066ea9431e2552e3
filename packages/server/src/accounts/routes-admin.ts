/** `/v1/Admin/*`: the contract lets operators' bearer tokens in and nobody else. */
import type { FastifyInstance } from "fastify";
import { OPERATORS } from "../audit-log/service.ts";
import type { AuditTrail } from "../audit-log/trail.ts";
import { authenticatedPost, type Call } from "../http/authenticated.ts";
import type { Projects } from "../projects/service.ts";
import type { Admin } from "./service-admin.ts";

export interface AdminRoutesDeps {
  projects: Projects;
  admin: Admin;
  trail: AuditTrail;
  /** What is set up on this server. */
  setUp: { mail: boolean; payments: boolean };
}

export function adminRoutes(app: FastifyInstance, { projects, admin, trail, setUp }: AdminRoutesDeps): void {
  const action = (name: string, run: (call: Call) => Promise<object>) =>
    authenticatedPost(app, projects, `/v1/Admin/${name}`, run);

  action("AccountList", ({ fields }) => admin.accounts(fields));
  action("Suspend", async (call) => {
    await admin.setSuspended(call, true);
    return {};
  });
  action("Restore", async (call) => {
    await admin.setSuspended(call, false);
    return {};
  });
  action("Priority", async (call) => {
    await admin.setPriority(call);
    return {};
  });
  action("Credit", async (call) => {
    await admin.credit(call);
    return {};
  });
  action("Settings", async (call) => ({ ...(await admin.settings(call)), ...setUp }));
  action("Invite", async (call) => ({ url: await admin.invite(call) }));
  action("MailList", ({ fields }) => admin.mail(fields));
  action("CouponCreate", async (call) => ({ coupon: await admin.createCoupon(call) }));
  action("CouponList", ({ fields }) => admin.coupons(fields));
  action("AuditLog", ({ fields }) => trail.list(OPERATORS, fields));
}
