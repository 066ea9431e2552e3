/** `/v1/Document/*`: what there is to read. Documentation comes with the program, pages and blog are the operator's own files. */
import { z } from "zod";

const okay = { result: z.literal(true), errors: z.array(z.never()) };

/** `docs`: documentation. `pages`: about, terms and the like. `blog`: dated posts. */
export const DocumentSection = z.enum(["docs", "pages", "blog"]);
export type DocumentSection = z.infer<typeof DocumentSection>;

export const DocumentEntry = z.strictObject({
  name: z.string().describe("E.g. `guide/prices`; part of its address."),
  title: z.string(),
  group: z.string().describe('Heading under which it is listed; "" = none.'),
  summary: z.string().describe("Its first sentences as plain text."),
  date: z.string().describe('YYYY-MM-DD of a post; "" = none.'),
});
export type DocumentEntry = z.infer<typeof DocumentEntry>;

export const Document = DocumentEntry.extend({
  html: z.string().describe("Without its title, scripts and raw markup."),
  markdown: z.string(),
  headings: z.array(z.strictObject({ id: z.string(), text: z.string(), level: z.literal([2, 3]) })),
  placeholder: z.boolean().describe("The operator has not written it yet: it is what the program comes with."),
});
export type Document = z.infer<typeof Document>;

export const DocumentListResponse = z.strictObject({ ...okay, documents: z.array(DocumentEntry) });
export const DocumentResponse = z.strictObject({ ...okay, document: Document });
