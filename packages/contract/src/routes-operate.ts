/** The routes with which operators look at and change models, queue and workers while the server runs. */
import { z } from "zod";
import {
  AuditRunResponse,
  ModelChangeResponse,
  ModelListResponse,
  ModelVersionsResponse,
  QueueDetailResponse,
  QueueTaskListResponse,
  WorkerListResponse,
  WorkerTokenCreateResponse,
  WorkerTokenListResponse,
} from "./operate.ts";
import { PRIORITIES } from "./queue.ts";
import { type ApiRoute, count, text } from "./route.ts";
import { EmptyResponse } from "./wire.ts";

const modelRef = { slugowner: text, slugproject: text };
const reason = text.optional().describe("Shown to those whose tasks wait.");
const worker = { name: text.describe("The worker's name; all workers of that name are meant.") };

const operator = (path: string, summary: string, fields: z.ZodType, answer: z.ZodType): ApiRoute => ({
  path: `/v1/${path}`,
  summary,
  open: false,
  scope: "operator",
  fields,
  answer,
});

export const OPERATE_ROUTES: readonly ApiRoute[] = [
  operator("Model/List", "All models, retired ones too", z.object({}), ModelListResponse),
  operator(
    "Model/Add",
    "Add a model, or a new version of one, which becomes the active version",
    z.object({
      archive: text.meta({ format: "binary" }).describe("The model's folder as .tar.gz, in a multipart body."),
    }),
    ModelChangeResponse,
  ),
  operator("Model/Versions", "A model's versions", z.object(modelRef), ModelVersionsResponse),
  operator(
    "Model/Activate",
    "Make another version the active one: running tasks keep theirs, waiting ones take this one",
    z.object({ ...modelRef, version: text.describe("Its first digits are enough where they name one.") }),
    ModelChangeResponse,
  ),
  operator(
    "Model/Remove",
    "Take out all added versions of a model: running tasks end; waiting ones are cancelled, or take a folder's version where there is one",
    z.object(modelRef),
    ModelChangeResponse,
  ),
  operator("Model/Pause", "Keep a model's tasks waiting", z.object({ ...modelRef, reason }), EmptyResponse),
  operator("Model/Resume", "Lift a model's pause", z.object(modelRef), EmptyResponse),
  operator("Queue/Pause", "Keep all tasks waiting", z.object({ reason }), EmptyResponse),
  operator("Queue/Resume", "Lift the pause of the whole queue", z.object({}), EmptyResponse),
  operator("Queue/Detail", "What waits and runs, by model", z.object({}), QueueDetailResponse),
  operator(
    "Queue/TaskList",
    "The tasks that wait, the next one first",
    z.object({ start: count.optional(), limit: count.optional().describe("At most 100; 50 without it.") }),
    QueueTaskListResponse,
  ),
  operator(
    "Queue/Priority",
    "Give a waiting task another priority; an app's steps follow it",
    z.object({ taskid: count, priority: z.enum(PRIORITIES) }),
    EmptyResponse,
  ),
  operator("Worker/List", "The connected workers", z.object({}), WorkerListResponse),
  operator("Worker/Cordon", "Give a worker nothing more", z.object({ ...worker, reason }), EmptyResponse),
  operator("Worker/Uncordon", "Give a worker tasks again", z.object(worker), EmptyResponse),
  operator("Worker/TokenList", "The tokens that let workers in", z.object({}), WorkerTokenListResponse),
  operator(
    "Worker/TokenCreate",
    "Make a token for a worker on another machine",
    z.object({ name: text.describe("1 to 60 letters, digits, dots, dashes: such as the machine's.") }),
    WorkerTokenCreateResponse,
  ),
  operator(
    "Worker/TokenRevoke",
    "Let workers with this token in no more, and end their connections; the server's own gets a successor",
    z.object({ id: text }),
    EmptyResponse,
  ),
  operator(
    "Audit/Run",
    "Derive again from the stored rows what must hold of tasks and money, and name what does not",
    z.object({}),
    AuditRunResponse,
  ),
];
