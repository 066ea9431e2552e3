/** `/Project/List` (wire-contract.md 9): everything but the lists is text. */
import { z } from "zod";

const digits = z.string().regex(/^\d+$/);

export const ProjectListResponse = z.strictObject({
  result: z.literal(true),
  errors: z.array(z.never()),
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
