/** A typed client of the API. Uses only what Node and browsers both have. */
import {
  Failure,
  type Frame,
  ProjectListResponse,
  RunResponse,
  type Task,
  TaskActionResponse,
  TaskDetailResponse,
  TaskListResponse,
  type TaskOutcome,
} from "@modelyard/contract";
import { type ModelCalls, modelCalls } from "./model-calls.ts";
import { sign } from "./signature.ts";

/** What the API answered instead of a result. */
export class ModelyardError extends Error {
  override name = "ModelyardError";
  readonly code: number;
  readonly status: number;
  constructor(message: string, options: { code: number; status: number }) {
    super(message);
    this.code = options.code;
    this.status = options.status;
  }
}

export interface ClientOptions {
  /** Base address of the server, e.g. `http://127.0.0.1:8787`. */
  url: string;
  /** A project's key. Neither key nor bearer: only what is open to everybody (`models`). */
  apiKey?: string;
  /** Only for projects with signed requests. */
  apiSecret?: string;
  /** A signed-in account's token of a few minutes, asked for before every call. */
  bearer?: () => Promise<string>;
  /** With a bearer: the project that runs are billed to. */
  projectId?: string;
  fetch?: typeof fetch;
}

export type Project = ReturnType<typeof ProjectListResponse.parse>["project"][number];

/** What a list of tasks is narrowed to; `from` and `to` in unix seconds, `before` an id. */
export interface TaskQuery {
  modelName?: string;
  status?: TaskOutcome;
  projectid?: string;
  search?: string;
  from?: number;
  to?: number;
  /** Only tasks that have all of these. */
  tags?: string[];
  /** Dollars, both included. */
  costfrom?: string;
  costto?: string;
  before?: string;
  start?: number;
  limit?: number;
}

/** A task named by its id or by its token. */
export type TaskRef = { taskid: string } | { tasktoken: string };

export interface Client {
  /** Starts a run. Values may be text, numbers, booleans, addresses, or files (Blob), or lists of them. */
  run(
    model: string,
    inputs: Record<string, unknown>,
    options?: { idempotencyKey?: string; tags?: readonly string[] },
  ): Promise<{ taskid: string; socketaccesstoken: string }>;
  detail(task: TaskRef): Promise<Task>;
  /** The account's tasks, newest first. */
  tasks(query?: TaskQuery): Promise<{ total: number; tasks: Task[] }>;
  projects(): Promise<Project[]>;
  /** Any other call below `/v1`; the answer is read with its schema of the contract. */
  ask<Answer>(path: string, fields: Record<string, unknown>, answer: { parse(raw: unknown): Answer }): Promise<Answer>;
  models: ModelCalls;
  /** Puts these tags in place of the task's own. */
  tag(task: TaskRef, tags: readonly string[]): Promise<Task>;
  cancel(task: TaskRef): Promise<Task>;
  kill(task: TaskRef): Promise<Task>;
  /** The task once it has ended. Throws the signal's reason. */
  wait(task: TaskRef, options?: { signal?: AbortSignal; intervalMs?: number }): Promise<Task>;
  /** Live frames of a task, from event number `after` on when given; ends after the terminal frame. */
  events(token: string, options?: { after?: number; signal?: AbortSignal }): AsyncGenerator<Frame>;
}

function toBody(inputs: Record<string, unknown>): { body: string | FormData; type?: string } {
  const values = Object.values(inputs).flat();
  if (!values.some((value) => value instanceof Blob)) return { body: JSON.stringify(inputs), type: "application/json" };
  const form = new FormData();
  for (const [name, value] of Object.entries(inputs)) {
    for (const one of Array.isArray(value) ? value : [value])
      form.append(name, one instanceof Blob ? one : String(one));
  }
  return { body: form };
}

const TERMINAL = new Set(["task_postprocess_end", "task_cancel"]);

export function createClient(options: ClientOptions): Client {
  const base = options.url.replace(/\/+$/, "");
  const request = options.fetch ?? fetch;

  async function headers(): Promise<Record<string, string>> {
    if (options.bearer) return { authorization: `Bearer ${await options.bearer()}` };
    if (options.apiKey === undefined) return {};
    if (options.apiSecret === undefined) return { "x-api-key": options.apiKey };
    const nonce = String(Date.now());
    return {
      "x-api-key": options.apiKey,
      "x-nonce": nonce,
      "x-signature": await sign(options.apiKey, options.apiSecret, nonce),
    };
  }

  async function call(
    path: string,
    inputs: Record<string, unknown>,
    extra: Record<string, string> = {},
  ): Promise<unknown> {
    const { body, type } = toBody(inputs);
    const response = await request(`${base}/v1/${path}`, {
      method: "POST",
      headers: { ...(await headers()), ...extra, ...(type ? { "content-type": type } : {}) },
      body,
      redirect: "error",
    });
    const answer: unknown = await response.json();
    const failure = Failure.safeParse(answer);
    if (failure.success) {
      const { code, message } = failure.data.errors[0] ?? { code: 0, message: "no reason given" };
      throw new ModelyardError(message, { code, status: response.status });
    }
    return answer;
  }

  const action = async (path: string, fields: TaskRef & { tags?: readonly string[] }): Promise<Task> => {
    const [found] = TaskActionResponse.parse(await call(path, fields)).tasklist;
    return found as Task;
  };

  const detail = async (task: TaskRef): Promise<Task> => {
    const [found] = TaskDetailResponse.parse(await call("Task/Detail", task)).tasklist;
    return found as Task;
  };

  return {
    async run(model, inputs, { idempotencyKey, tags = [] } = {}) {
      const billed = options.projectId === undefined ? inputs : { ...inputs, projectid: options.projectId };
      const extra: Record<string, string> = {
        ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
        ...(tags.length === 0 ? {} : { "modelyard-tags": tags.join(",") }),
      };
      const { taskid, socketaccesstoken } = RunResponse.parse(await call(`Run/${model}`, billed, extra));
      return { taskid, socketaccesstoken };
    },
    detail,
    models: modelCalls(call),
    async tasks(query = {}) {
      const answer = TaskListResponse.parse(await call("Task/List", { ...query }));
      return { total: Number(answer.total), tasks: answer.tasklist };
    },
    async projects() {
      return ProjectListResponse.parse(await call("Project/List", {})).project;
    },
    ask: async (path, fields, answer) => answer.parse(await call(path, fields)),
    tag: (task, tags) => action("Task/Tags", { ...task, tags }),
    cancel: (task) => action("Task/Cancel", task),
    kill: (task) => action("Task/Kill", task),
    async wait(task, { signal, intervalMs = 200 } = {}) {
      for (;;) {
        signal?.throwIfAborted();
        const found = await detail(task);
        if (TERMINAL.has(found.status)) return found;
        await new Promise((resolve) => setTimeout(resolve, intervalMs));
      }
    },
    async *events(token, { after, signal } = {}) {
      const socket = new WebSocket(`${base.replace(/^http/, "ws")}/v1`);
      const frames: Frame[] = [];
      let ended = false;
      let wake = () => {};
      socket.onopen = () =>
        socket.send(JSON.stringify({ type: "task_info", tasktoken: token, ...(after === undefined ? {} : { after }) }));
      socket.onmessage = (event) => {
        const frame = JSON.parse(String(event.data)) as Frame | { type: "connected" };
        if (frame.type !== "connected") frames.push(frame);
        wake();
      };
      socket.onclose = () => {
        ended = true;
        wake();
      };
      const abort = () => socket.close();
      signal?.addEventListener("abort", abort, { once: true });
      try {
        for (;;) {
          const frame = frames.shift();
          if (frame) {
            yield frame;
            if (frame.terminal) return;
          } else if (ended) return;
          else await new Promise<void>((resolve) => (wake = resolve));
        }
      } finally {
        signal?.removeEventListener("abort", abort);
        socket.close();
      }
    },
  };
}
