/** Calls of the HTTP API as a client makes them, byte for byte where it matters; every answer is checked against the contract. */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { connect } from "node:net";
import { Failure, RunResponse, type Task, TaskActionResponse, TaskDetailResponse } from "@modelyard/contract";

export interface Answer {
  status: number;
  headers: Headers;
  body: unknown;
}

export type Body = string | Buffer | FormData | URLSearchParams;

/** The headers of a project's request; with a secret they are signed with `nonce`. */
export function credentials(
  project: { apiKey: string; apiSecret?: string },
  nonce = String(Date.now()),
): Record<string, string> {
  const { apiKey, apiSecret } = project;
  if (apiSecret === undefined) return { "x-api-key": apiKey };
  return {
    "x-api-key": apiKey,
    "x-nonce": nonce,
    "x-signature": createHmac("sha256", apiKey)
      .update(apiSecret + nonce)
      .digest("hex"),
  };
}

/** POST with exactly these headers: no content type is added to text. The answer must be JSON under its own content type. */
export async function post(address: string, headers: Record<string, string>, body: Body = ""): Promise<Answer> {
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  const response = await fetch(address, { method: "POST", headers, body: bytes, redirect: "error" });
  assert.match(response.headers.get("content-type") ?? "", /^application\/json/, `${address} must answer with JSON`);
  return { status: response.status, headers: response.headers, body: await response.json() };
}

export interface Caller {
  /** One endpoint below /v1 with this project's credentials. Text goes as it is, anything else as JSON. */
  call(path: string, body?: Body | object, headers?: Record<string, string>): Promise<Answer>;
  run(
    model: string,
    body?: Body | object,
    headers?: Record<string, string>,
  ): Promise<{ taskid: string; socketaccesstoken: string }>;
  detail(taskid: string): Promise<Task>;
  /** The task once `wanted` holds for it; asks again and again. */
  when(taskid: string, wanted: (task: Task) => boolean): Promise<Task>;
  ended(taskid: string): Promise<Task>;
}

export function caller(url: string, project: { apiKey: string; apiSecret?: string }): Caller {
  const isBody = (body: unknown): body is Body =>
    typeof body === "string" || Buffer.isBuffer(body) || body instanceof FormData || body instanceof URLSearchParams;
  const call: Caller["call"] = (path, body = {}, headers = {}) => {
    const json = !isBody(body);
    const own = { ...credentials(project), ...(json ? { "content-type": "application/json" } : {}), ...headers };
    return post(`${url}/v1/${path}`, own, json ? JSON.stringify(body) : body);
  };
  const detail = async (taskid: string) => (await taskOf(call("Task/Detail", { taskid }))) as Task;
  const when: Caller["when"] = async (taskid, wanted) => {
    let task: Task | undefined;
    await until(async () => {
      task = await detail(taskid);
      return wanted(task);
    }, `task ${taskid}`);
    return task as Task;
  };
  return {
    call,
    detail,
    when,
    run: async (model, body, headers) => runOf(call(`Run/${model}`, body, headers)),
    ended: (taskid) => when(taskid, ({ status }) => status === "task_postprocess_end" || status === "task_cancel"),
  };
}

/** Wire contract 3: the flat answer of Run. */
export async function runOf(answer: Answer | Promise<Answer>): Promise<{ taskid: string; socketaccesstoken: string }> {
  const { status, body } = await answer;
  assert.equal(status, 200, JSON.stringify(body));
  return RunResponse.parse(body);
}

/** Wire contract 5 and 7: the task in an answer of Detail (with `total`) or of Cancel and Kill (without). */
export async function taskOf(answer: Answer | Promise<Answer>): Promise<Task> {
  const { status, body } = await answer;
  assert.equal(status, 200, JSON.stringify(body));
  const schema = Object.hasOwn(body as object, "total") ? TaskDetailResponse : TaskActionResponse;
  const parsed = schema.safeParse(body);
  assert.ok(parsed.success, `${parsed.error?.message}\n${JSON.stringify(body)}`);
  return parsed.data.tasklist[0] as Task;
}

/** Wire contract 1 and 2.4: a failure's envelope with this status, code and text. */
export async function refused(
  answer: Answer | Promise<Answer>,
  expected: { status?: number; code: number; message: string | RegExp },
): Promise<void> {
  const { status, body } = await answer;
  const parsed = Failure.safeParse(body);
  assert.ok(parsed.success, `not a failure: ${JSON.stringify(body)}`);
  const { code, message } = parsed.data.errors[0] as { code: number; message: string };
  if (typeof expected.message === "string") assert.equal(message, expected.message);
  else assert.match(message, expected.message);
  assert.deepEqual({ status, code }, { status: expected.status ?? 200, code: expected.code });
}

/** Everything a server answers to these bytes until it closes the connection or says what `enough` looks for. */
export function rawExchange(
  url: string,
  bytes: string | Buffer,
  options: { enough?: RegExp; timeoutMs?: number } = {},
): Promise<string> {
  const { enough = /\r\n\r\n[\s\S]*[}]/, timeoutMs = 30_000 } = options;
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let text = "";
    const end = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(text);
    };
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`no answer in ${timeoutMs} ms; so far: ${text}`));
    }, timeoutMs);
    socket.on("connect", () => socket.write(bytes));
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      if (enough.test(text)) end();
    });
    socket.on("close", end);
    // A server that refuses may reset the connection while bytes are still on their way.
    socket.on("error", end);
  });
}

/** Limits of tests only end what hangs: so many times longer than on a quiet machine it may take on one that others share. */
export const PATIENCE = 3;

/** Asks until it is true. `limitMs`: what is plenty on a quiet machine. */
export async function until(holds: () => boolean | Promise<boolean>, what: string, limitMs = 60_000): Promise<void> {
  const end = performance.now() + limitMs * PATIENCE;
  for (let pause = 10; !(await holds()); pause = Math.min(pause * 1.5, 200)) {
    if (performance.now() > end) throw new Error(`it did not come about in ${limitMs * PATIENCE} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
