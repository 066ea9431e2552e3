/**
 * Every endpoint of the API below `/v1`: what it takes and what it answers. The server refuses to start when one of them has no
 * handler; `/openapi.json` is generated from this list.
 */
import { z } from "zod";
import { CallbackListResponse, CallbackSecretResponse } from "./callback.ts";
import { FileListResponse, FileUploadResponse, FolderCreateResponse, FolderListResponse } from "./file.ts";
import { type ApiRoute, count, text } from "./route.ts";
import { COMMENT_ROUTES } from "./routes-comments.ts";
import { MANAGE_ROUTES } from "./routes-manage.ts";
import { OPERATE_ROUTES } from "./routes-operate.ts";
import { SHARE_ROUTES } from "./routes-shares.ts";
import { SITE_ROUTES } from "./routes-site.ts";
import { TASK_OUTCOMES } from "./task.ts";
import { ToolDetailResponse, ToolExploreResponse, ToolListResponse, ToolQuoteResponse } from "./tool.ts";
import {
  EmptyResponse,
  RunResponse,
  TaskActionResponse,
  TaskDetailResponse,
  TaskEventsResponse,
  TaskListResponse,
  TaskStatResponse,
  TaskTagListResponse,
} from "./wire.ts";

const taskRef = z.object({
  taskid: count.optional().describe("Id or token of the task; any one of the three fields will do."),
  tasktoken: text.optional(),
  socketaccesstoken: text.optional(),
});
const tags = z.union([text, z.array(text)]);
const toolRef = z.object({ slugowner: text, slugproject: text });
const page = { start: count.optional(), limit: count.optional(), order: z.enum(["ASC", "DESC"]).optional() };

export const API_ROUTES: readonly ApiRoute[] = [
  {
    path: "/v1/Run/{owner}/{model}",
    summary: "Start a run of a model",
    open: false,
    scope: "run",
    browser: true,
    fields: z.looseObject({
      callbackUrl: text.optional().describe("Called when the run has ended; empty for none."),
      projectid: count.optional().describe("Another project of the account that is to be billed."),
    }),
    answer: RunResponse,
  },
  {
    path: "/v1/Task/Detail",
    summary: "One task, with its outputs once it has ended",
    open: false,
    scope: "read",
    browser: true,
    fields: taskRef,
    answer: TaskDetailResponse,
  },
  {
    path: "/v1/Task/List",
    summary: "The account's tasks, newest first",
    open: false,
    scope: "read",
    fields: z.object({
      ...page,
      modelName: text.optional().describe("Only models whose name contains this."),
      status: z.enum(TASK_OUTCOMES).optional().describe("Only tasks that are at this point."),
      projectid: count.optional().describe("Only tasks of this project."),
      parenttaskid: count.optional().describe("The steps of this run of an app, which are left out otherwise."),
      search: text.optional().describe("Only the task with this id, or tasks with this text in their inputs."),
      from: count.optional().describe("Only tasks made then or later. Unix seconds."),
      to: count.optional().describe("Only tasks made before. Unix seconds."),
      tags: tags.optional().describe("Only tasks that have all of these tags."),
      costfrom: count.optional().describe("Only tasks that cost so many dollars or more."),
      costto: count.optional().describe("Only tasks that cost so many dollars at most."),
      before: count.optional().describe("Only tasks with a smaller id: the last one of the page before."),
    }),
    answer: TaskListResponse,
  },
  {
    path: "/v1/Task/Stat",
    summary: "How many tasks the account has in each status",
    open: false,
    scope: "read",
    fields: z.object({}),
    answer: TaskStatResponse,
  },
  {
    path: "/v1/Task/TagList",
    summary: "The tags of the account's tasks, and how many tasks have each: the first 1,000 by name",
    open: false,
    scope: "read",
    fields: z.object({}),
    answer: TaskTagListResponse,
  },
  {
    path: "/v1/Task/Events",
    summary: "What happened to a task, in order: a page of its log; an empty one is behind its end",
    open: false,
    scope: "read",
    browser: true,
    fields: taskRef.extend({ after: count.optional().describe("`seq` of the last event of the page before.") }),
    answer: TaskEventsResponse,
  },
  {
    path: "/v1/Task/Cancel",
    summary: "Take a queued task back",
    open: false,
    scope: "run",
    browser: true,
    fields: taskRef,
    answer: TaskActionResponse,
  },
  {
    path: "/v1/Task/Tags",
    summary: "Name a task with tags, in place of those that it has",
    open: false,
    scope: "run",
    browser: true,
    fields: taskRef.extend({ tags: tags.describe("A list, or text with commas between; empty for none.") }),
    answer: TaskActionResponse,
  },
  {
    path: "/v1/Task/Kill",
    summary: "Stop a task, queued or running",
    open: false,
    scope: "run",
    browser: true,
    fields: taskRef,
    answer: TaskActionResponse,
  },
  {
    path: "/v1/Task/InputOutputDelete",
    summary: "Remove the files of an ended task for good",
    open: false,
    scope: "files",
    fields: taskRef,
    answer: EmptyResponse,
  },
  {
    path: "/v1/Run/{owner}/{model}/sync",
    summary: "Start a run and wait for its end (as server-sent events with `Accept: text/event-stream`)",
    open: false,
    scope: "run",
    browser: true,
    fields: z.looseObject({}),
    answer: TaskDetailResponse,
  },
  {
    path: "/v1/Task/CallbackList",
    summary: "What was sent to the callback addresses of tasks, and what came back",
    open: false,
    scope: "read",
    fields: z.object({ ...taskRef.shape, ...page }),
    answer: CallbackListResponse,
  },
  {
    path: "/v1/Task/CallbackReplay",
    summary: "Send a task's callback again",
    open: false,
    scope: "run",
    fields: taskRef,
    answer: EmptyResponse,
  },
  {
    path: "/v1/Task/CallbackSecret",
    summary: "The secret with which the project's callbacks are signed",
    open: false,
    scope: "run",
    fields: z.object({
      projectid: count.optional().describe("Another project of the account."),
      rotate: z.union([z.boolean(), text]).optional().describe("Make a new one."),
    }),
    answer: CallbackSecretResponse,
  },
  {
    path: "/v1/File/Upload",
    summary: "Upload a file (multipart); ZIP archives are unpacked",
    open: false,
    scope: "files",
    fields: z.object({ file: text.meta({ format: "binary" }), folderid: text.optional() }),
    answer: FileUploadResponse,
  },
  {
    path: "/v1/File/FolderCreate",
    summary: "Make a folder",
    open: false,
    scope: "files",
    fields: z.object({ name: text, parentid: text.optional() }),
    answer: FolderCreateResponse,
  },
  {
    path: "/v1/File/List",
    summary: "Uploaded files, newest first",
    open: false,
    scope: "files",
    fields: z.object({ ...page, folderid: text.optional() }),
    answer: FileListResponse,
  },
  {
    path: "/v1/File/FolderList",
    summary: "Folders, newest first",
    open: false,
    scope: "files",
    fields: z.object({ ...page, parentid: text.optional() }),
    answer: FolderListResponse,
  },
  {
    path: "/v1/File/Delete",
    summary: "Delete an uploaded file",
    open: false,
    scope: "files",
    fields: z.object({ fileid: text }),
    answer: EmptyResponse,
  },
  {
    path: "/v1/File/FolderDelete",
    summary: "Delete a folder with everything in it",
    open: false,
    scope: "files",
    fields: z.object({ folderid: text }),
    answer: EmptyResponse,
  },
  {
    path: "/v1/Tool/List",
    summary: "Models, searched, filtered and paged",
    open: true,
    fields: z.object({
      ...page,
      search: text.optional(),
      sort: z
        .enum(["relevance", "id", "time", "runs", "ratedusercount", "commentcount", "averagepoint"])
        .optional()
        .describe("Without it by relevance where something is searched, else the newest first (id, time)."),
      categories: z.array(text).optional(),
      tags: z.array(text).optional(),
      slugowner: text.optional(),
      hideworkflows: z.union([z.boolean(), text]).optional().describe("Leave out models of the category app."),
      runnable: z
        .enum(["first", "only"])
        .optional()
        .describe("Models that cannot run here (a part or their weights are missing) come last, or not at all."),
      like: text.optional().describe("Only models that share an input with this one: `owner/model`."),
      summary: z.union([z.boolean(), text]).optional(),
    }),
    answer: ToolListResponse,
  },
  {
    path: "/v1/Tool/Detail",
    summary: "One model with its form, price and readme",
    open: true,
    fields: toolRef.extend({ summary: z.union([z.boolean(), text]).optional() }),
    answer: ToolDetailResponse,
  },
  {
    path: "/v1/Tool/DetailOpenAPI",
    summary: "One model's run call as OpenAPI 3.0.3, for each kind of project",
    open: true,
    fields: toolRef,
    answer: z.array(z.object({ type: z.enum(["apikey", "signature"]), spec: z.looseObject({}) })),
  },
  {
    path: "/v1/Tool/Explore",
    summary: "Models by category",
    open: true,
    fields: z.object({}),
    answer: ToolExploreResponse,
  },
  {
    path: "/v1/Tool/Quote",
    summary: "What a run with these parameters would cost",
    open: true,
    fields: toolRef.extend({
      parameters: z
        .union([z.looseObject({}), text])
        .optional()
        .describe("As for Run; an object, or its JSON. What is required may still be missing."),
    }),
    answer: ToolQuoteResponse,
  },
  ...MANAGE_ROUTES,
  ...OPERATE_ROUTES,
  ...SITE_ROUTES,
  ...COMMENT_ROUTES,
  ...SHARE_ROUTES,
];
