/** `/v1/Wallet/*`, `/v1/Earnings/*` and `/v1/Audit/List`, and what operators do about publishers. */
import type { FastifyInstance } from "fastify";
import type { AuditTrail } from "../audit-log/trail.ts";
import { authenticatedPost, type Call } from "../http/authenticated.ts";
import { csv } from "../http/csv.ts";
import { oneOf } from "../http/fields.ts";
import type { Projects } from "../projects/service.ts";
import type { AutoTopUp } from "./service-auto-top-up.ts";
import type { Publishers } from "./service-publishers.ts";
import type { StripePayments } from "./service-stripe.ts";
import type { Wallets } from "./service-wallet.ts";

export interface WalletRoutesDeps {
  projects: Projects;
  wallets: Wallets;
  stripe: StripePayments;
  publishers: Publishers;
  autoTopUp: AutoTopUp;
  trail: AuditTrail;
}

const STATEMENT = [
  "day",
  "time",
  "taskid",
  "projectid",
  "project",
  "keyid",
  "key",
  "model",
  "memberid",
  "member",
  "runs",
  "amount",
] as const;
const TRANSACTIONS = ["id", "time", "kind", "amount", "note"] as const;

export function walletRoutes(
  app: FastifyInstance,
  { projects, wallets, publishers, autoTopUp, stripe, trail }: WalletRoutesDeps,
): void {
  const action = (name: string, run: (call: Call) => Promise<object>) =>
    authenticatedPost(app, projects, `/v1/${name}`, run);
  const wantsCsv = (call: Call) => oneOf(call.fields, "format", ["json", "csv"]) === "csv";

  action("Wallet/Detail", async ({ principal }) => ({
    ...(await wallets.detail(principal.accountId)),
    payments: stripe.isOn,
  }));
  action("Wallet/Statement", async (call) => {
    const statement = await wallets.statement(call.principal.accountId, call.fields);
    if (!wantsCsv(call)) return statement;
    const { lines, by, from, to } = statement;
    const columns = STATEMENT.filter((column) => lines.some((line) => line[column] !== undefined));
    return { csv: csv(columns, lines), name: `statement-by-${by}-${from}-${to}.csv` };
  });
  action("Wallet/Transactions", async (call) => {
    const found = await wallets.transactions(call.principal.accountId, call.fields);
    return wantsCsv(call) ? { csv: csv(TRANSACTIONS, found.transactions), name: "transactions.csv" } : found;
  });
  action("Wallet/Coupon", async ({ principal, actor, fields }) => ({
    amount: await wallets.useCoupon({ accountId: principal.accountId, actor }, fields),
  }));
  action("Wallet/TopUp", async ({ principal, actor, fields, base }) => ({
    url: await stripe.begin({ accountId: principal.accountId, actor }, fields, base),
  }));
  action("Wallet/AutoTopUp", ({ principal, actor, fields }) =>
    autoTopUp.rule({ accountId: principal.accountId, actor }, fields),
  );
  action("Earnings/Detail", ({ principal, fields }) => publishers.earnings(principal.accountId, fields));
  action("Admin/PublisherList", () => publishers.list());
  action("Admin/PublisherSet", (call) => publishers.set(call));
  action("Admin/Payout", (call) => publishers.payOut(call));
  action("Audit/List", (call) => trail.list(call.principal.accountId, call.fields));
}
