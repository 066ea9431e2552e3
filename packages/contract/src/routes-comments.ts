/** Comments and ratings of models, and what operators do about reports. */
import { z } from "zod";
import {
  COMMENT_LENGTH,
  CommentListResponse,
  CommentMineResponse,
  CommentSaveResponse,
  ReportListResponse,
} from "./comment.ts";
import { type ApiRoute, count, manage, operator, page, text } from "./route.ts";
import { EmptyResponse } from "./wire.ts";

const modelRef = { slugowner: text, slugproject: text };

export const COMMENT_ROUTES: readonly ApiRoute[] = [
  {
    path: "/v1/Comment/List",
    summary: "What was said of a model, the newest first",
    open: true,
    fields: z.object({ ...modelRef, ...page }),
    answer: CommentListResponse,
  },
  manage(
    "Comment/Mine",
    "What the account said of a model, and whether it may",
    z.object(modelRef),
    CommentMineResponse,
  ),
  manage(
    "Comment/Save",
    "Rate a model that the account has run; what it said before is replaced",
    z.object({
      ...modelRef,
      points: count.describe("1 to 5."),
      text: text.optional().describe(`At most ${COMMENT_LENGTH} characters.`),
    }),
    CommentSaveResponse,
  ),
  manage("Comment/Delete", "Take back what the account said of a model", z.object(modelRef), EmptyResponse),
  manage(
    "Comment/Report",
    "Tell the operator about a comment",
    z.object({ commentid: count, details: text.describe("What is wrong with it.") }),
    EmptyResponse,
  ),
  operator("Comment/Remove", "Remove a comment with its points", z.object({ commentid: count }), EmptyResponse),
  operator("Report/List", "Open reports about models and comments, newest first", z.object(page), ReportListResponse),
  operator("Report/Close", "Close a report", z.object({ reportid: count }), EmptyResponse),
];
