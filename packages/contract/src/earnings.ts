/** What models earn: their owners' shares of what runs cost, and what of it was paid out. */
import { z } from "zod";

const digits = z.string().regex(/^\d+$/);
const dollars = z.string().regex(/^-?\d+\.\d{12}$/);
const okay = { result: z.literal(true), errors: z.array(z.never()) };

/** "0" to "1" with at most four decimals. */
const share = z.string().regex(/^(0(\.\d{1,4})?|1(\.0{1,4})?)$/);

export const Publisher = z.strictObject({
  owner: z.string().describe("As in owner/model."),
  share: share.describe("Of what a run costs, from 0 to 1; the rest is the platform's."),
  earned: dollars,
  paidout: dollars,
  balance: dollars.describe("Earned and not paid out."),
});
export type Publisher = z.infer<typeof Publisher>;

export const EarningsResponse = z.strictObject({
  ...okay,
  from: z.string(),
  to: z.string(),
  publishers: z.array(Publisher).describe("The owners whose models earn for this account; empty for most."),
  models: z
    .array(z.strictObject({ model: z.string(), runs: digits, amount: dollars }))
    .describe("What each model brought between the two days, the most first."),
  payouts: z.array(z.strictObject({ time: digits, owner: z.string(), amount: dollars, note: z.string() })),
});

export const AdminPublisher = Publisher.extend({ uuid: z.uuid(), account: z.string() });
export type AdminPublisher = z.infer<typeof AdminPublisher>;
export const AdminPublishersResponse = z.strictObject({ ...okay, publishers: z.array(AdminPublisher) });
