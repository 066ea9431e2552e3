import type { Callback, Task } from "@modelyard/contract";
import type { AttemptRow, CallbackRow } from "./store.ts";

const seconds = (ms: number): string => String(Math.floor(ms / 1000));

/** What is sent about a task: the same as Task/Detail answers. */
export function callbackBody(task: Task): string {
  return JSON.stringify({ result: true, errors: [], total: "1", tasklist: [task] });
}

/** `body`: what is sent; with it the receivers' answers are shown too, and both are long. */
export function presentCallback(row: CallbackRow, attempts: readonly AttemptRow[], body: string | undefined): Callback {
  return {
    taskid: String(Math.max(0, row.task_id)),
    projectid: String(row.project_id),
    callbackurl: row.url,
    webhookid: row.message_id,
    status: row.state,
    nexttime: row.state === "due" ? seconds(row.next_at) : "0",
    createtime: seconds(row.created_at),
    attempts: attempts.map(({ at, ms, status, error, response }) => ({
      time: seconds(at),
      elapsedseconds: (ms / 1000).toFixed(4),
      httpstatus: status === null ? "" : String(status),
      error: error ?? "",
      ...(body === undefined ? {} : { response }),
    })),
    ...(body === undefined ? {} : { body }),
  };
}
