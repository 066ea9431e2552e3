/** The routes of dashboards: projects and keys, wallet, audit log, administration. */
import { z } from "zod";
import { SignUpPolicy } from "./account.ts";
import {
  AdminAccountsResponse,
  AdminInviteResponse,
  AdminMailResponse,
  AdminSettingsResponse,
  CouponCreateResponse,
  CouponListResponse,
} from "./admin.ts";
import { AdminPublishersResponse, EarningsResponse } from "./earnings.ts";
import {
  BrowserTokenResponse,
  CapPeriod,
  KeyResponse,
  NewKeyResponse,
  NoncePolicy,
  ProjectCreateResponse,
  ProjectListResponse,
  ProjectResponse,
} from "./project.ts";
import { type ApiRoute, count, manage, operator, page, SCOPES, text } from "./route.ts";
import {
  AuditListResponse,
  AutoTopUpResponse,
  CouponResponse,
  StatementBy,
  StatementResponse,
  TopUpResponse,
  TransactionsResponse,
  WalletDetailResponse,
} from "./wallet.ts";
import { EmptyResponse } from "./wire.ts";

/** Yes or no, as JSON and as forms have it. */
const flag = z.union([z.boolean(), text]);

const projectRef = { projectid: count };
const keyRef = { keyid: count };
const amount = count.describe("US dollars.");
const format = z.enum(["json", "csv"]).optional();
const capFields = {
  cap: count.optional().describe('US dollars; "" = no cap.'),
  capperiod: CapPeriod.optional(),
};
const keyFields = {
  name: text.optional(),
  scopes: z.array(z.enum(SCOPES)).optional(),
  models: z.array(text).optional().describe("owner/model; empty = all."),
  ipwhitelist: z.array(text).optional(),
  expires: count.optional().describe("Unix seconds; 0 = never."),
  ...capFields,
};

export const MANAGE_ROUTES: readonly ApiRoute[] = [
  {
    path: "/v1/Project/List",
    summary: "The account's projects",
    open: false,
    scope: "read",
    fields: z.object({ uuid: text.optional(), apikey: text.optional() }),
    answer: ProjectListResponse,
  },
  manage("Project/Detail", "One project with its keys", z.object(projectRef), ProjectResponse),
  manage(
    "Project/Create",
    "Make a project and its first key; how it authenticates stays as it is",
    z.object({ name: text, authmethod: z.enum(["signature", "apikey"]), ...capFields }),
    ProjectCreateResponse,
  ),
  manage(
    "Project/Update",
    "Change a project's name, nonce policy, allowed addresses or spend cap",
    z.object({
      ...projectRef,
      name: text.optional(),
      noncepolicy: NoncePolicy.optional(),
      ipwhitelist: z.array(text).optional(),
      alerturl: text.optional().describe('Called when a cap fills up; "" = no more.'),
      ...capFields,
    }),
    ProjectResponse,
  ),
  manage(
    "Project/KeyCreate",
    "Make another key; its secret is shown this once",
    z.object({ ...projectRef, ...keyFields }),
    NewKeyResponse,
  ),
  manage("Project/KeyUpdate", "Change what a key may do", z.object({ ...keyRef, ...keyFields }), KeyResponse),
  manage(
    "Project/KeyRotate",
    "Make the key's successor; the old one goes on for a while",
    z.object({ ...keyRef, overlap: count.optional().describe("Seconds, at most 30 days; 0 = it ends at once.") }),
    NewKeyResponse,
  ),
  manage("Project/KeyRevoke", "End a key at once", z.object(keyRef), EmptyResponse),
  manage(
    "Project/Remove",
    "Remove a project: its keys end at once; what was run with it stays, and what runs goes on",
    z.object(projectRef),
    EmptyResponse,
  ),
  manage("Token/Revoke", "End a browser's token at once", z.object({ id: count }), EmptyResponse),
  {
    path: "/v1/Token/Create",
    summary: "A short-lived token for a browser: it can run these models and see its own tasks",
    open: false,
    scope: "run",
    fields: z.object({
      projectid: count.optional(),
      models: z.array(text).describe("owner/model, 1 to 50."),
      spend: amount.describe("US dollars that it can spend at most."),
      minutes: count.describe("1 to 1440."),
    }),
    answer: BrowserTokenResponse,
  },
  manage("Wallet/Detail", "Balance, held and available", z.object({}), WalletDetailResponse),
  manage(
    "Wallet/Statement",
    "What was charged, by day, project, key, model, member or task; as JSON or CSV",
    z.object({
      by: StatementBy.optional(),
      from: text.optional().describe("YYYY-MM-DD, UTC; 30 days ago."),
      to: text.optional().describe("YYYY-MM-DD, UTC, included; today."),
      format,
      ...page,
    }),
    StatementResponse,
  ),
  manage(
    "Wallet/Transactions",
    "What came into the wallet, and what was taken without a run; newest first",
    z.object({ format, ...page }),
    TransactionsResponse,
  ),
  manage(
    "Wallet/TopUp",
    "Begin a payment",
    z.object({
      amount,
      next: text.optional().describe("Path on this server to come back to."),
      save: flag.optional().describe("Save the way to pay, for `Wallet/AutoTopUp`."),
    }),
    TopUpResponse,
  ),
  manage(
    "Wallet/AutoTopUp",
    "Read how the wallet fills up by itself; fields that are sent are changed",
    z.object({
      on: flag.optional(),
      below: count.optional().describe("US dollars; 5 to 10,000."),
      amount: count.optional().describe("US dollars; 5 to 10,000, in whole cents."),
      most: count.optional().describe("US dollars in a month, at least the amount."),
      forget: flag.optional().describe("Forget the saved way to pay."),
    }),
    AutoTopUpResponse,
  ),
  manage("Wallet/Coupon", "Use a coupon", z.object({ code: text }), CouponResponse),
  manage(
    "Earnings/Detail",
    "What models that belong to this account earned, and what was paid out",
    z.object({
      from: text.optional().describe("YYYY-MM-DD, UTC; 30 days ago."),
      to: text.optional().describe("YYYY-MM-DD, UTC, included; today."),
    }),
    EarningsResponse,
  ),
  manage(
    "Audit/List",
    "What was done to the account and its keys, newest first",
    z.object({ format, ...page }),
    AuditListResponse,
  ),
  operator(
    "Admin/AccountList",
    "Accounts, newest first",
    z.object({ search: text.optional().describe("In e-mail address and name."), ...page }),
    AdminAccountsResponse,
  ),
  operator("Admin/Suspend", "Keep an account from doing anything", z.object({ uuid: text }), EmptyResponse),
  operator("Admin/Restore", "Lift a suspension", z.object({ uuid: text }), EmptyResponse),
  operator(
    "Admin/Priority",
    "Let an account ask for high priority, or not any more",
    z.object({ uuid: text, high: flag }),
    EmptyResponse,
  ),
  operator(
    "Admin/Credit",
    "Put money into a wallet, or take it out with a negative amount",
    z.object({
      uuid: text,
      amount,
      note: text,
      reference: text.describe("Your own; the same one counts once, so that it may be sent again."),
      expires: count.optional().describe("Unix seconds at which what is left of it is taken; 0 = never."),
    }),
    EmptyResponse,
  ),
  operator(
    "Admin/Settings",
    "Read the settings; fields that are sent are changed",
    z.object({ signups: SignUpPolicy.optional() }),
    AdminSettingsResponse,
  ),
  operator(
    "Admin/Invite",
    "An invitation link; with an address it holds for it alone, and is mailed there where a mail server is set up",
    z.object({ email: text.optional() }),
    AdminInviteResponse,
  ),
  operator("Admin/MailList", "Mail that was not delivered, with its links", z.object(page), AdminMailResponse),
  operator(
    "Admin/CouponCreate",
    "Make a coupon",
    z.object({
      amount,
      uses: count.optional(),
      expires: count.optional(),
      code: text.optional(),
      creditdays: count.optional(),
    }),
    CouponCreateResponse,
  ),
  operator("Admin/CouponList", "Coupons, newest first", z.object(page), CouponListResponse),
  operator("Admin/PublisherList", "Who earns with which owner's models", z.object({}), AdminPublishersResponse),
  operator(
    "Admin/PublisherSet",
    "Let an account earn with an owner's models, or change its share",
    z.object({
      owner: text.describe("As in owner/model."),
      uuid: text.describe("The account's."),
      share: z.union([text, z.number()]).describe("From 0 to 1, of what a run costs from now on."),
    }),
    AdminPublishersResponse,
  ),
  operator(
    "Admin/Payout",
    "Note that a publisher was paid",
    z.object({ owner: text, amount, note: text, reference: text.describe("Your own; the same one counts once.") }),
    AdminPublishersResponse,
  ),
  operator("Admin/AuditLog", "The operators' own audit log", z.object({ format, ...page }), AuditListResponse),
];
