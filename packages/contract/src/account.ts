/**
 * Signing in and the account itself: `/account/…`, spoken by browsers with a cookie. They take JSON or a plain HTML form and are
 * no part of `/v1`: no API key is looked at here and no cookie there. `POST /account/Token` is the bridge between the two.
 */
import { z } from "zod";

const text = z.string();
const unixSeconds = z.string().regex(/^\d+$/);
const okay = { result: z.literal(true), errors: z.array(z.never()) };
const flag = z.union([z.boolean(), text]);

/** Fields of HTML forms: where the browser goes afterwards. Paths on this server; anything else counts as absent. */
const form = {
  next: text.optional().describe("Path to go to after success (HTML forms only)."),
  back: text.optional().describe("Path to go to after a refusal, which adds `?error=<name>` (HTML forms only)."),
};

export const SignUpPolicy = z.enum(["open", "invitation", "closed"]);
export type SignUpPolicy = z.infer<typeof SignUpPolicy>;

/** Characters of a password (reliability.md 5.5); no rules about which. */
export const PASSWORD_LENGTH = { min: 8, max: 128 } as const;

export const Account = z.strictObject({
  uuid: z.uuid(),
  email: text,
  name: text,
  role: z.enum(["operator", "member"]),
  verified: z.boolean(),
  createtime: unixSeconds,
});
export type Account = z.infer<typeof Account>;

export const AccountEmpty = z.strictObject(okay);
export const MeResponse = z.strictObject({
  ...okay,
  account: Account.nullable().describe("Null for a visitor."),
  signups: SignUpPolicy,
  mail: z.boolean().describe("A mail server is set up; otherwise links wait for the operator."),
});
export const SignInResponse = z.strictObject({ ...okay, account: Account });
export const VerifyResponse = z.strictObject({
  ...okay,
  account: Account.nullable().describe("Signed in now; null where a changed address was confirmed."),
});
export const SignUpResponse = z.strictObject({
  ...okay,
  verify: z
    .boolean()
    .describe("A link was made, and sent where a mail server is set up; the account can sign in once it was followed."),
  account: Account.nullable().describe("Signed in at once (by invitation), or null."),
});
export const AccountTokenResponse = z.strictObject({
  ...okay,
  token: text.describe("For `Authorization: Bearer` under /v1; ends with its session."),
  expires: unixSeconds,
});
export const Session = z.strictObject({
  id: z.string().regex(/^\d+$/),
  current: z.boolean(),
  ip: text,
  useragent: text,
  createtime: unixSeconds,
  seentime: unixSeconds,
});
export type Session = z.infer<typeof Session>;
export const SessionsResponse = z.strictObject({ ...okay, sessions: z.array(Session) });

export interface AccountRoute {
  path: string;
  summary: string;
  /** `signed-in`: refused without a session. */
  access: "anybody" | "signed-in";
  fields: z.ZodType;
  answer: z.ZodType;
}

const email = text.describe("E-mail address.");
const password = text.describe("8 to 128 characters.");

/** All of them POST. `GET /account/{Welcome,Verify,Reset,Email}?token=` show a form that posts the token: links change nothing by being opened. */
export const ACCOUNT_ROUTES: readonly AccountRoute[] = [
  {
    path: "/account/Me",
    summary: "Who is signed in; also answers GET",
    access: "anybody",
    fields: z.object({}),
    answer: MeResponse,
  },
  {
    path: "/account/SignUp",
    summary: "Make an account",
    access: "anybody",
    fields: z.object({
      email,
      password,
      name: text.optional(),
      invitation: text.optional().describe("Token of an invitation link; asked for where sign-ups are by invitation."),
      ...form,
    }),
    answer: SignUpResponse,
  },
  {
    path: "/account/SignIn",
    summary: "Sign in; the answer sets the cookie",
    access: "anybody",
    fields: z.object({ email, password, ...form }),
    answer: SignInResponse,
  },
  {
    path: "/account/SignOut",
    summary: "End this session",
    access: "anybody",
    fields: z.object({ ...form }),
    answer: AccountEmpty,
  },
  {
    path: "/account/SignOutEverywhere",
    summary: "End all sessions of the account, this one too",
    access: "signed-in",
    fields: z.object({ ...form }),
    answer: AccountEmpty,
  },
  {
    path: "/account/Welcome",
    summary: "The first start's link: e-mail address and password of the operator; signs in",
    access: "anybody",
    fields: z.object({ token: text, email, password, ...form }),
    answer: SignInResponse,
  },
  {
    path: "/account/Verify",
    summary:
      "Confirm the e-mail address of a new account, which signs in, or a changed one. A new account's password proves that who follows the link is who signed up",
    access: "anybody",
    fields: z.object({ token: text, password: text.optional().describe("For a new account."), ...form }),
    answer: VerifyResponse,
  },
  {
    path: "/account/Forgot",
    summary: "Send a link to choose a new password; the answer is the same for unknown addresses",
    access: "anybody",
    fields: z.object({ email, ...form }),
    answer: AccountEmpty,
  },
  {
    path: "/account/Reset",
    summary: "Choose a new password; ends all sessions",
    access: "anybody",
    fields: z.object({ token: text, password, ...form }),
    answer: AccountEmpty,
  },
  {
    path: "/account/Token",
    summary: "A bearer token for the API under /v1, with this account's rights, for 15 minutes",
    access: "signed-in",
    fields: z.object({
      organization: text.optional().describe("uuid of an organisation to act for, with a member's rights in it."),
    }),
    answer: AccountTokenResponse,
  },
  {
    path: "/account/Sessions",
    summary: "Where the account is signed in",
    access: "signed-in",
    fields: z.object({}),
    answer: SessionsResponse,
  },
  {
    path: "/account/SessionRevoke",
    summary: "End one session",
    access: "signed-in",
    fields: z.object({ id: z.union([text, z.number()]), ...form }),
    answer: AccountEmpty,
  },
  {
    path: "/account/Rename",
    summary: "Change the account's name",
    access: "signed-in",
    fields: z.object({ name: text, ...form }),
    answer: SignInResponse,
  },
  {
    path: "/account/Password",
    summary: "Change the password; ends all other sessions",
    access: "signed-in",
    fields: z.object({ current: text, password, ...form }),
    answer: AccountEmpty,
  },
  {
    path: "/account/Email",
    summary: "Change the e-mail address; counts once the link for the new one was followed",
    access: "signed-in",
    fields: z.object({ current: text.describe("The password."), email, ...form }),
    answer: AccountEmpty,
  },
  {
    path: "/account/Delete",
    summary: "Delete the account with its projects, keys, files and inputs",
    access: "signed-in",
    fields: z.object({
      current: text.describe("The password."),
      forfeit: flag.optional().describe("Give up the balance that is left."),
      ...form,
    }),
    answer: AccountEmpty,
  },
];
