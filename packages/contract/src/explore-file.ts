/** One row of `explore.yaml`, in which an operator says what the home page begins with (docs/operate/site.md). */
import { z } from "zod";

export const ExploreFileRow = z
  .strictObject({
    title: z.string().trim().min(1).max(80),
    models: z
      .array(z.string())
      .min(1)
      .max(12)
      .optional()
      .describe("`owner/model`, in the order in which they are shown."),
    category: z.string().min(1).optional(),
  })
  .refine(({ models, category }) => (models === undefined) !== (category === undefined), {
    message: "it needs either models or a category",
  });
export type ExploreFileRow = z.infer<typeof ExploreFileRow>;
