/** `/Project/*` and `/Token/Create`. `Project/List` is the wire's (wire-contract.md 9): everything but the lists is text. */
import { z } from "zod";
import { SCOPES } from "./route.ts";

const digits = z.string().regex(/^\d+$/);
/** Unix seconds; "0" = never. */
const time = digits;
const dollars = z.string().regex(/^-?\d+\.\d{12}$/);
const okay = { result: z.literal(true), errors: z.array(z.never()) };

export const ProjectListResponse = z.strictObject({
  ...okay,
  project: z.array(
    z.strictObject({
      id: digits,
      uuid: z.uuid(),
      name: z.string(),
      description: z.string(),
      slug: z.string().nullable(),
      /** Whole for the project that asks, else the last four characters. */
      apikey: z.string(),
      ipwhitelist: z.array(z.string()),
      time: digits,
      authmethod: z.enum(["signature", "apikey"]),
      requestCount: digits,
    }),
  ),
});

export const NoncePolicy = z.enum(["compat", "window", "strict"]);
export type NoncePolicy = z.infer<typeof NoncePolicy>;

export const CapPeriod = z.enum(["total", "month"]);
export type CapPeriod = z.infer<typeof CapPeriod>;

/** How much may be spent; what runs hold counts until they end. */
export const SpendCap = z.strictObject({
  amount: dollars,
  period: CapPeriod.describe("`month`: from the first of the month, UTC."),
  used: dollars,
});
export type SpendCap = z.infer<typeof SpendCap>;

export const ProjectKey = z.strictObject({
  id: digits,
  name: z.string(),
  last4: z.string(),
  scopes: z.array(z.enum(SCOPES)),
  models: z.array(z.string()).describe("owner/model; empty = all."),
  ipwhitelist: z.array(z.string()).describe("Addresses and CIDR ranges; empty = everybody."),
  createtime: time,
  expires: time,
  lastused: time.describe("Exact to a minute."),
  status: z.enum(["active", "expired", "revoked"]),
  cap: SpendCap.nullable(),
});
export type ProjectKey = z.infer<typeof ProjectKey>;

/** Shown once, when it is made. */
export const NewKey = ProjectKey.extend({ apikey: z.string(), apisecret: z.string().nullable() });
export type NewKey = z.infer<typeof NewKey>;

export const Project = z.strictObject({
  id: digits,
  name: z.string(),
  authmethod: z.enum(["signature", "apikey"]),
  noncepolicy: NoncePolicy,
  ipwhitelist: z.array(z.string()),
  createtime: time,
  alerturl: z.string().describe("Called when a cap of the project or its keys is used to 50, 80 and 100 %."),
  cap: SpendCap.nullable(),
  keys: z.array(ProjectKey),
});
export type Project = z.infer<typeof Project>;

export const ProjectResponse = z.strictObject({ ...okay, project: Project });
export const ProjectCreateResponse = z.strictObject({ ...okay, project: Project, key: NewKey });
export const KeyResponse = z.strictObject({ ...okay, key: ProjectKey });
export const NewKeyResponse = z.strictObject({ ...okay, key: NewKey });
export const BrowserTokenResponse = z.strictObject({
  ...okay,
  id: digits.describe("To end it before its time: `Token/Revoke`."),
  token: z.string().describe("For `Authorization: Bearer` in a browser."),
  expires: time,
});
