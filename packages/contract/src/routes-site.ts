/** What everybody may ask beside the catalogue: how the server is, and its documents. */
import { z } from "zod";
import { DocumentListResponse, DocumentResponse, DocumentSection } from "./document.ts";
import { type ApiRoute, text } from "./route.ts";
import { StatusResponse } from "./status.ts";
import { ToolExploreResponse } from "./tool.ts";

export const SITE_ROUTES: readonly ApiRoute[] = [
  {
    path: "/v1/Status/Detail",
    summary: "Whether the server answers and runs models, now and in the last 90 days",
    open: true,
    fields: z.object({}),
    answer: StatusResponse,
  },
  {
    path: "/v1/Site/Explore",
    summary: "The rows of the home page: what was chosen, the most used and the newest models, then the categories",
    open: true,
    fields: z.object({}),
    answer: ToolExploreResponse,
  },
  {
    path: "/v1/Document/List",
    summary: "The documentation, the operator's pages, or their blog",
    open: true,
    fields: z.object({ section: DocumentSection }),
    answer: DocumentListResponse,
  },
  {
    path: "/v1/Document/Detail",
    summary: "One document as Markdown and as HTML",
    open: true,
    fields: z.object({ section: DocumentSection, name: text.describe("As the list has it.") }),
    answer: DocumentResponse,
  },
];
