/** `/v1/Comment/*`: what accounts that have run a model say of it, one opinion each; and the reports that operators read. */
import { z } from "zod";

const digits = z.string().regex(/^\d+$/);
const okay = { result: z.literal(true), errors: z.array(z.never()) };

/** Characters of a comment. */
export const COMMENT_LENGTH = 2_000;

export const Comment = z.strictObject({
  id: digits,
  name: z.string().describe("The account's name; never its address."),
  points: z.number().int().min(1).max(5),
  text: z.string().describe('"" = points alone.'),
  time: digits.describe("Unix seconds of its last change."),
});
export type Comment = z.infer<typeof Comment>;

export const CommentListResponse = z.strictObject({
  ...okay,
  comments: z.array(Comment).describe("Those with a text, the newest first."),
  next: z.string(),
  averagepoint: z.string(),
  commentcount: z.string(),
  ratedusercount: z.string(),
});
export type CommentListResponse = z.infer<typeof CommentListResponse>;
export const CommentMineResponse = z.strictObject({
  ...okay,
  allowed: z.boolean().describe("The account has run the model lately, so it may say something."),
  comment: Comment.nullable(),
});
export type CommentMineResponse = z.infer<typeof CommentMineResponse>;
export const CommentSaveResponse = z.strictObject({ ...okay, comment: Comment });

/** What somebody reported about a model or a comment, until an operator closes it. */
export const VisitorReport = z.strictObject({
  id: digits,
  model: z.string().describe("owner/model"),
  reason: z.string(),
  details: z.string(),
  contact: z.string().describe('E-mail address, or "".'),
  time: digits,
  comment: Comment.nullable().describe("The one it is about; null: it is about the model, or the comment is gone."),
});
export type VisitorReport = z.infer<typeof VisitorReport>;
export const ReportListResponse = z.strictObject({ ...okay, reports: z.array(VisitorReport), next: z.string() });
