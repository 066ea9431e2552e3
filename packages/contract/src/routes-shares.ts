/** Links to single runs. */
import { z } from "zod";
import { type ApiRoute, count, text } from "./route.ts";
import { SharedRunResponse, ShareListResponse, ShareResponse } from "./share.ts";
import { EmptyResponse } from "./wire.ts";

const manage = (path: string, summary: string, fields: z.ZodType, answer: z.ZodType): ApiRoute => ({
  path: `/v1/${path}`,
  summary,
  open: false,
  scope: "manage",
  fields,
  answer,
});

export const SHARE_ROUTES: readonly ApiRoute[] = [
  manage(
    "Share/Create",
    "Make a link with which anybody can see a run",
    z.object({
      taskid: count,
      hideinputs: z.union([z.boolean(), text]).optional().describe("Show what it made, and not what it was given."),
      expires: count.optional().describe("Unix seconds; 0 = never."),
    }),
    ShareResponse,
  ),
  manage("Share/List", "The links to a run", z.object({ taskid: count }), ShareListResponse),
  manage("Share/Revoke", "End a link at once", z.object({ shareid: count }), EmptyResponse),
  {
    path: "/v1/Share/Detail",
    summary: "The run behind a link",
    open: true,
    fields: z.object({ token: text.describe("The last part of the link.") }),
    answer: SharedRunResponse,
  },
];
