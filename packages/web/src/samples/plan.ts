/**
 * What a set of code samples says, apart from any language: where the API is, who calls, what is sent and what comes back.
 * Pure. The operation table below is the only list of calls; a language writes each of them once.
 */
import { hiddenInputs, type Item, isFileItem, items, type ToolDetail } from "@modelyard/contract";
import type { SamplesRequest, SampleValue } from "./samples-request.ts";

export type Scalar = string | number | boolean;
/** A place in a body where a program puts the address of a file it has uploaded; counts from 1. */
export interface FileSlot {
  slot: number;
}
export type BodyValue = Scalar | FileSlot | (Scalar | FileSlot)[];
export type Body = Record<string, BodyValue>;

export interface Plan {
  /** `https://host/v1`. */
  api: string;
  /** `wss://host/v1`. */
  socket: string;
  auth: "signature" | "apikey";
  /** What stands where the key goes. */
  apiKey: string;
  /** `/Run/owner/model`. */
  runPath: string;
  /** Inputs with files as slots. */
  inputs: Body;
  /** Names of the files on the caller's disk, slot 1 first. */
  files: string[];
}

/** One step of the page, as every language shows it. */
export type Step =
  | { kind: "prepare"; title: string }
  | { kind: "call"; title: string; path: string; body: Body; answer: object }
  | { kind: "upload"; title: string; file: string; answer: object }
  | { kind: "follow"; title: string }
  /** For all languages the same: a page that listens. */
  | { kind: "page"; title: string; code: string; language: "html" };

const FILE_NAMES: Record<string, string> = {
  image: "picture.jpg",
  audio: "sound.wav",
  video: "video.mp4",
  text: "text.txt",
};

/** A file that the form does not name yet: by what the field takes. */
function exampleFile(item: Item): string {
  return FILE_NAMES[item.accept?.[0]?.split("/")[0] ?? "image"] ?? "file.bin";
}

function exampleValue(item: Item): SampleValue | undefined {
  if (isFileItem(item)) return item.required ? { file: exampleFile(item) } : undefined;
  if (item.type === "select" || item.type === "selectwithcover")
    return String(item.default ?? item.options?.[0]?.value ?? "");
  if (item.default !== undefined) return item.default;
  if (item.type === "range") return item.min ?? 0;
  return item.required ? (item.placeholder ?? item.label) : undefined;
}

/** Given values first, then defaults; an empty field that is needed shows its placeholder. */
function shownValue(item: Item, given: SamplesRequest["inputs"]): SampleValue | undefined {
  const own = Object.hasOwn(given, item.id) ? given[item.id] : undefined;
  return own === undefined || own === "" ? (item.advanced ? undefined : exampleValue(item)) : own;
}

/** A file of the caller's disk counts as one that is there. */
function asRaw(value: SampleValue | undefined): unknown {
  if (Array.isArray(value)) return value.map(asRaw);
  return typeof value === "object" ? "https://file.invalid/" : value;
}

/** What the form would send. */
function bodyOf(model: ToolDetail, given: SamplesRequest["inputs"]): { inputs: Body; files: string[] } {
  const files: string[] = [];
  const slot = (value: { file: string }): FileSlot => ({ slot: files.push(value.file) });
  const inputs: Body = {};
  const values = new Map(items(model.modelyard).map((item) => [item.id, shownValue(item, given)]));
  const raw = Object.fromEntries([...values].map(([id, value]) => [id, asRaw(value)]));
  const hidden = hiddenInputs(model.modelyard, raw);
  for (const item of items(model.modelyard)) {
    const value = values.get(item.id);
    if (value === undefined || hidden.has(item.id)) continue;
    const body = Array.isArray(value)
      ? value.map((one) => (typeof one === "object" ? slot(one) : one))
      : typeof value === "object"
        ? slot(value)
        : value;
    // A single file from an address in the form stands alone; several stay a list.
    inputs[item.id] = isFileItem(item) && item.type !== "fileinput" && !Array.isArray(body) ? [body] : body;
  }
  return { inputs, files };
}

export function planOf(
  model: ToolDetail,
  base: string,
  request: Pick<SamplesRequest, "auth" | "inputs" | "maskedKey">,
): Plan {
  return {
    api: `${base}/v1`,
    socket: `${base.replace(/^http/, "ws")}/v1`,
    auth: request.auth,
    apiKey: request.maskedKey === "" ? "YOUR_API_KEY" : request.maskedKey,
    runPath: `/Run/${model.cleanslugowner}/${model.cleanslugproject}`,
    ...bodyOf(model, request.inputs),
  };
}

/** Ids and tokens of the printed answers; the steps refer to them as if one had come from the other. */
const TASK = { taskid: "2221", tasktoken: "eDcCm5yyUfIvMFspTwww49OUfgXkQt" };
const FOLDER = "6c1833f39da71e6175bf292b18779baf";

/** In the steps, a file is the address that the upload's answer shows. */
export function uploadedAddress(plan: Plan, slot: number): string {
  return `${plan.api}/File/dFKlMApaSgMeHKsJyaDeKrefcHahUK/${encodeURIComponent(plan.files[slot - 1] ?? "file.bin")}`;
}

function filled(plan: Plan, body: Body): Body {
  const one = (value: Scalar | FileSlot) => (typeof value === "object" ? uploadedAddress(plan, value.slot) : value);
  return Object.fromEntries(
    Object.entries(body).map(([id, value]) => [id, Array.isArray(value) ? value.map(one) : one(value)]),
  );
}

function uploadAnswer(plan: Plan, file: string): object {
  const url = `${plan.api}/File/dFKlMApaSgMeHKsJyaDeKrefcHahUK/${encodeURIComponent(file)}`;
  const entry = {
    id: "6bc392c93856dfce3a7d1b4261e15af3",
    name: file,
    contenttype: "image/jpeg",
    size: "202472",
    parentid: FOLDER,
    url,
  };
  return {
    result: true,
    errors: [],
    list: [{ ...entry, addedtime: "1734513812", accesskey: "dFKlMApaSgMeHKsJyaDeKrefcHahUK" }],
  };
}

/** The fields of a task that a first program looks at; the rest is in the API's description. */
function taskAnswer(plan: Plan, status: "task_postprocess_end" | "task_cancel"): object {
  const done = status === "task_postprocess_end";
  return {
    id: TASK.taskid,
    socketaccesstoken: TASK.tasktoken,
    parameters: filled(plan, plan.inputs),
    status,
    pexit: done ? "0" : "",
    elapsedseconds: done ? "6.0000" : "0.0000",
    totalcost: done ? "0.003510000000" : "0",
    outputs: done
      ? [
          {
            name: "0.png",
            contenttype: "image/png",
            size: "202472",
            url: `${plan.api}/File/mCmUXgZLG1FNjjjwmbtPFr2LVJA112/0.png`,
          },
        ]
      : [],
  };
}

const PAGE = (plan: Plan) => `<div id="files"></div>
<pre id="debug"></pre>
<script>
  // The token that Run has answered; it opens this one task and nothing else.
  const token = "${TASK.tasktoken}";
  const socket = new WebSocket(${JSON.stringify(plan.socket)});
  socket.onopen = () => socket.send(JSON.stringify({ type: "task_info", tasktoken: token }));
  socket.onmessage = ({ data }) => {
    const frame = JSON.parse(data);
    document.getElementById("debug").append(data, "\\n");
    if (frame.type !== "task_postprocess_end") return;
    for (const output of frame.message) {
      if (!output.url) continue;
      const link = document.createElement("a");
      link.href = output.url;
      link.textContent = output.name;
      document.getElementById("files").append(link);
    }
    socket.close();
  };
</script>`;

/** The operation table: every call that the page shows, in its order. */
export function steps(plan: Plan): Step[] {
  const file = plan.files[0] ?? "picture.jpg";
  const detail = (status: "task_postprocess_end" | "task_cancel") => ({
    errors: [],
    tasklist: [taskAnswer(plan, status)],
    result: true,
  });
  const call = (title: string, path: string, body: Body, answer: object): Step => ({
    kind: "call",
    title,
    path,
    body,
    answer,
  });
  const byId = { taskid: TASK.taskid };
  return [
    { kind: "prepare", title: plan.auth === "signature" ? "Prepare the signature" : "Prepare the key" },
    call(
      "Create a folder",
      "/File/FolderCreate",
      { name: "my-inputs" },
      {
        result: true,
        errors: [],
        list: [
          {
            id: FOLDER,
            name: "my-inputs",
            parentid: "0b7e1f2a93c84d56a1c0de5b6f789012",
            size: "0",
            contenttype: "",
            addedtime: "1734513800",
          },
        ],
      },
    ),
    { kind: "upload", title: "Upload a file to the folder", file, answer: uploadAnswer(plan, file) },
    call("Run the model", plan.runPath, filled(plan, plan.inputs), {
      errors: [],
      taskid: TASK.taskid,
      socketaccesstoken: TASK.tasktoken,
      result: true,
    }),
    call(
      "Ask for the task, by its token",
      "/Task/Detail",
      { tasktoken: TASK.tasktoken },
      { total: "1", ...detail("task_postprocess_end") },
    ),
    call("Ask for the task, by its id", "/Task/Detail", byId, { total: "1", ...detail("task_postprocess_end") }),
    call("Stop the task, by its id", "/Task/Kill", byId, detail("task_cancel")),
    call("Stop the task, by its token", "/Task/Kill", { socketaccesstoken: TASK.tasktoken }, detail("task_cancel")),
    call("Cancel the task while it waits", "/Task/Cancel", byId, detail("task_cancel")),
    { kind: "follow", title: "Run it and follow it live" },
    { kind: "page", title: "Follow a task on a web page", code: PAGE(plan), language: "html" },
  ];
}

export const FOLDER_ID = FOLDER;
