/** `/Admin/*`: what operators do, with their account's bearer token. */
import { z } from "zod";
import { Account, SignUpPolicy } from "./account.ts";

const digits = z.string().regex(/^\d+$/);
const dollars = z.string().regex(/^-?\d+\.\d{12}$/);
const okay = { result: z.literal(true), errors: z.array(z.never()) };

export const AdminAccount = Account.extend({
  id: digits,
  suspended: z.boolean(),
  highpriority: z.boolean().describe("It may ask for high priority; operators always may."),
  available: dollars,
  held: dollars,
});
export type AdminAccount = z.infer<typeof AdminAccount>;
export const AdminAccountsResponse = z.strictObject({ ...okay, accounts: z.array(AdminAccount), next: z.string() });
export const AdminSettingsResponse = z.strictObject({
  ...okay,
  signups: SignUpPolicy,
  mail: z.boolean().describe("A mail server is set up."),
  payments: z.boolean().describe("Stripe is set up."),
});
export const AdminInviteResponse = z.strictObject({ ...okay, url: z.string() });

/** Mail that reached nobody; its text carries the link to pass on. */
export const UndeliveredMail = z.strictObject({
  id: digits,
  to: z.string(),
  subject: z.string(),
  text: z.string(),
  status: z.enum(["due", "failed", "waiting"]),
  error: z.string(),
  createtime: digits,
});
export type UndeliveredMail = z.infer<typeof UndeliveredMail>;
export const AdminMailResponse = z.strictObject({ ...okay, mail: z.array(UndeliveredMail), next: z.string() });

export const Coupon = z.strictObject({
  id: digits,
  code: z.string().describe("The whole code when it is made, its last four letters afterwards."),
  amount: dollars,
  uses: digits.describe("How many accounts may use it, each once."),
  used: digits,
  expires: digits,
  creditdays: digits.describe("Days after its use for which its credit holds; 0 = for ever."),
  createtime: digits,
});
export type Coupon = z.infer<typeof Coupon>;
export const CouponCreateResponse = z.strictObject({ ...okay, coupon: Coupon });
export const CouponListResponse = z.strictObject({ ...okay, coupons: z.array(Coupon), next: z.string() });
