/** Task rows as the wire's task object. The only place where the wire's odd names meet ours. */
import {
  type FileSource,
  formatUsd,
  items,
  type Output,
  type OutputFile,
  type OutputText,
  priorityOf,
  type RunInputs,
  type Task,
} from "@modelyard/contract";
import { filePath } from "../files/policy.ts";
import type { FileRow } from "../files/service.ts";
import type { KnownModel } from "../models/service.ts";
import type { WaitReason } from "../workers/wait-reason.ts";
import type { TaskRow } from "./store.ts";
import type { StepRow } from "./store-steps.ts";
import { readBill } from "./terms.ts";

/** In stored parameters an object with this one key stands for a file; it becomes the file's address when presented. */
export const FILE_KEY = "modelyard:file";

const unix = (ms: number): number => Math.floor(ms / 1000);
const seconds = (ms: number): string => String(unix(ms));
/** Times that may be unset: 0 or undefined in a row, null on the wire. */
const unixOrNull = (ms: number | undefined): number | null => (ms ? unix(ms) : null);

function presentParameters(value: unknown, base: string): unknown {
  if (Array.isArray(value)) return value.map((item) => presentParameters(item, base));
  if (typeof value !== "object" || value === null) return value;
  const path = (value as Record<string, unknown>)[FILE_KEY];
  if (typeof path === "string") return base + path;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, presentParameters(item, base)]));
}

function presentOutput(file: FileRow, row: TaskRow, base: string): OutputFile {
  return {
    id: file.id,
    name: file.name,
    contenttype: file.content_type,
    parentid: file.parent,
    uuid: row.account_uuid,
    size: String(file.size),
    addedtime: seconds(file.created_at),
    modifiedtime: seconds(file.created_at),
    accesskey: file.access_key,
    foldercount: "0",
    filecount: "0",
    ispublic: 0,
    expiretime: row.expires_at === 0 ? null : seconds(row.expires_at),
    url: base + filePath({ accessKey: file.access_key, name: file.name }),
  };
}

function promptOf(row: TaskRow, model: KnownModel | undefined): string {
  const values = JSON.parse(row.inputs) as RunInputs["values"];
  const first = model
    ? items(model.manifest).find((item) => item.type === "textarea" || item.type === "text")?.id
    : undefined;
  const value: string | number | boolean | FileSource[] | undefined =
    values.prompt ?? (first ? values[first] : undefined);
  return typeof value === "string" ? value : "";
}

function presentAnswer(row: TaskRow, model: KnownModel | undefined): OutputText[] {
  if (row.answer === null) return [];
  const { raw, thinking, answer } = JSON.parse(row.answer) as { raw: string; thinking: string[]; answer: string[] };
  const content = { prompt: promptOf(row, model), raw, thinking, answer, message: answer.join("\n") };
  return [{ contenttype: "raw", content }];
}

/** Where a task that has not ended stands; times in Unix milliseconds. */
export interface Outlook {
  /** Undefined while it runs. */
  wait: WaitReason | undefined;
  /** 1 = the next one. */
  position: number | undefined;
  estimated: { start: number; end: number } | undefined;
}

export interface TaskContext {
  model: KnownModel | undefined;
  outputs: readonly FileRow[];
  /** Undefined once it has ended. */
  outlook: Outlook | undefined;
  /** The runs of its steps; undefined where it is no app. */
  steps?: readonly StepRow[] | undefined;
  /** Name of a model by its id. */
  nameOf: (modelId: number) => string;
  /** Public base address without a slash at the end, e.g. `http://127.0.0.1:8080`. */
  base: string;
}

export function presentOutputs(row: TaskRow, { model, outputs, base }: TaskContext): Output[] {
  return [...presentAnswer(row, model), ...outputs.map((file) => presentOutput(file, row, base))];
}

function presentSteps({ steps, nameOf }: TaskContext): Task["modelyard"]["steps"] {
  if (!steps) return null;
  return steps.map((step) => {
    const { share } = readBill(step.bill);
    return {
      step: step.step,
      taskid: String(step.id),
      socketaccesstoken: step.token,
      model: nameOf(step.model_id),
      status: step.status,
      pexit: step.pexit,
      cost: share ?? null,
      endreason: step.end_reason,
    };
  });
}

/** A step's price is its app's, so its own record says what it adds to that. */
function presentBill(row: TaskRow) {
  const { share, lines, note } = readBill(row.bill);
  const part = `Part of run ${row.parent_id}, which pays for it`;
  if (row.parent_id === 0) return { lines, note };
  return { lines, note: share === undefined ? `${part}.` : `${part}: $${share}.${note === null ? "" : ` ${note}`}` };
}

export function tagsOf({ tags }: { tags: string }): string[] {
  return tags === "" ? [] : tags.split(",");
}

export function presentTask(row: TaskRow, context: TaskContext): Task {
  const { model, outputs, outlook, base } = context;
  return {
    id: String(row.id),
    uuid: row.account_uuid,
    name: "",
    socketaccesstoken: row.token,
    parameters: presentParameters(JSON.parse(row.parameters), base) as Record<string, unknown>,
    debugoutput: row.debugoutput,
    debugerror: row.debugerror,
    starttime: seconds(row.started_at),
    endtime: seconds(row.ended_at),
    elapsedseconds: `${Math.floor(row.elapsed / 10_000)}.${String(row.elapsed % 10_000).padStart(4, "0")}`,
    status: row.status,
    cps: formatUsd(row.price_method === "cps" ? row.price : 0n),
    totalcost: row.cost === null ? "0" : formatUsd(row.cost),
    guestid: null,
    projectid: String(row.project_id),
    modelid: String(row.model_id),
    description: "",
    basemodelid: "0",
    runtype: "model",
    modelfolderid: "",
    modelfileid: "",
    callbackurl: row.callback_url,
    marketplaceid: null,
    createtime: seconds(row.created_at),
    canceltime: seconds(row.cancelled_at),
    assigntime: seconds(row.assigned_at),
    accepttime: seconds(row.accepted_at),
    preprocessstarttime: seconds(row.preprocess_start_at),
    preprocessendtime: seconds(row.preprocess_end_at),
    postprocessstarttime: seconds(row.postprocess_start_at),
    postprocessendtime: seconds(row.postprocess_end_at),
    pexit: row.pexit,
    categories: model?.manifest.categories ?? [],
    outputs: presentOutputs(row, context),
    size: String(outputs.reduce((sum, file) => sum + file.size, 0)),
    modeldescription: model?.manifest.description ?? "",
    modelslugowner: model?.cleanOwner ?? "",
    modelslugproject: model?.cleanSlug ?? "",
    modelyard: {
      version: row.version,
      attempts: row.attempts,
      lastevent: row.last_event,
      priority: priorityOf(row.priority),
      deadline: unixOrNull(row.deadline),
      waitreason: outlook?.wait?.text ?? null,
      waitcode: outlook?.wait?.code ?? null,
      position: outlook?.position ?? null,
      estimatedstart: unixOrNull(outlook?.estimated?.start),
      estimatedend: unixOrNull(outlook?.estimated?.end),
      price: {
        method: row.price_method,
        price: formatUsd(row.price),
        hold: formatUsd(row.hold),
        captured: row.cost === null ? null : formatUsd(row.cost),
        ...presentBill(row),
      },
      parent: row.parent_id === 0 ? null : { taskid: String(row.parent_id), step: row.step },
      steps: presentSteps(context),
      endreason: row.end_reason,
      tags: tagsOf(row),
      filesexpire: unixOrNull(row.expires_at),
      filesgone: unixOrNull(row.files_gone_at),
    },
  };
}
