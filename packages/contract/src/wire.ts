/** The HTTP API's shapes as the seed prints them (wire-contract.md 1, 3, 5, 7). In tests every response is parsed with these. */
import { z } from "zod";
import { QUEUE_FACTS } from "./queue.ts";
import { TASK_EVENT_TYPES, TASK_STATUSES } from "./task.ts";
import { EventBody } from "./task-event.ts";

const digits = z.string().regex(/^\d+$/);
const unixSeconds = digits;

export const WireError = z.strictObject({ code: z.number().int(), message: z.string() });
export const Failure = z.strictObject({ result: z.literal(false), errors: z.array(WireError).min(1) });

export const SocketAccessToken = z.string().regex(/^[A-Za-z0-9]{30}$/);

export const RunResponse = z.strictObject({
  errors: z.array(z.never()),
  taskid: digits,
  socketaccesstoken: SocketAccessToken,
  result: z.literal(true),
});

/** A file the run produced; its address answers without credentials. */
export const OutputFile = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{32}$/),
  name: z.string(),
  contenttype: z.string(),
  parentid: z.string().regex(/^[0-9a-f]{32}$/),
  uuid: z.uuid(),
  size: digits,
  addedtime: unixSeconds,
  modifiedtime: unixSeconds,
  accesskey: z.string().regex(/^[A-Za-z0-9]{30}$/),
  foldercount: digits,
  filecount: digits,
  ispublic: z.literal(0),
  /** Unix seconds, where the operator lets outputs expire. */
  expiretime: unixSeconds.nullable(),
  url: z.url(),
});
export type OutputFile = z.infer<typeof OutputFile>;

/** The answer of a model whose output is text. `message` is the answer once more, for a client that looks there (section 14). */
export const OutputText = z.strictObject({
  contenttype: z.literal("raw"),
  content: z.strictObject({
    prompt: z.string(),
    raw: z.string(),
    thinking: z.array(z.string()),
    answer: z.array(z.string()),
    message: z.string(),
  }),
});
export type OutputText = z.infer<typeof OutputText>;
export const Output = z.union([OutputText, OutputFile]);
export type Output = z.infer<typeof Output>;

/** A line of a bill; amounts in dollars with 12 decimals. */
export const PriceLineText = z.strictObject({
  unit: z.string(),
  quantity: z.number(),
  price: z.string(),
  amount: z.string(),
});

/** Our own facts about a task: additive, under one key, so that no client's own field is ever shadowed. */
export const TaskFacts = z.strictObject({
  /** The version that ran (or would run now) the task. */
  version: z.string(),
  /** How often a worker has taken the task up. */
  attempts: z.number().int(),
  /** Number of the task's last event; subscribe with `after` to get what follows. */
  lastevent: z.number().int(),
  ...QUEUE_FACTS,
  price: z.strictObject({
    method: z.string(),
    /** For each unit. */
    price: z.string(),
    hold: z.string(),
    captured: z.string().nullable(),
    /** What the amount is made of, once it is billed. */
    lines: z.array(PriceLineText),
    /** Why it is not simply the sum of its lines. */
    note: z.string().nullable(),
  }),
  /** The run of an app that this is a step of. */
  parent: z.strictObject({ taskid: digits, step: z.string() }).nullable(),
  /** The runs of an app's steps, in the order in which they were started; null where it is no app. */
  steps: z
    .array(
      z.strictObject({
        /** The step's id; `id#0`, `id#1` … where it is run for each of several files. */
        step: z.string(),
        taskid: digits,
        socketaccesstoken: SocketAccessToken,
        /** owner/slug */
        model: z.string(),
        status: z.enum(TASK_STATUSES),
        pexit: z.string(),
        /** What it adds to the price; null where it has not succeeded. */
        cost: z.string().nullable(),
        endreason: z.string().nullable(),
      }),
    )
    .nullable(),
  /** Who ended it and why, once it has ended otherwise than by success. */
  endreason: z.string().nullable(),
  /** What its caller named it with (tags.ts). */
  tags: z.array(z.string()),
  /** Unix seconds after which its files are removed; null where they are kept, and before it has ended. */
  filesexpire: z.number().int().nullable(),
  /** Unix seconds at which its files were removed, by the operator's rule or by InputOutputDelete. */
  filesgone: z.number().int().nullable(),
});

/** Begins the line of `debugerror` that says what a run left behind that is no output: folders, links, names that are no text. */
export const LEFT_OUT = "Left out of the outputs: ";

export const Task = z.strictObject({
  id: digits,
  uuid: z.uuid(),
  name: z.string(),
  socketaccesstoken: SocketAccessToken,
  parameters: z.record(z.string(), z.unknown()),
  debugoutput: z.string(),
  debugerror: z.string(),
  starttime: unixSeconds,
  endtime: unixSeconds,
  elapsedseconds: z.string().regex(/^\d+\.\d{4}$/),
  status: z.enum(TASK_STATUSES),
  cps: z.string().regex(/^\d+\.\d{12}$/),
  totalcost: z.string().regex(/^(0|\d+\.\d{12})$/),
  guestid: z.null(),
  projectid: digits,
  modelid: digits,
  description: z.string(),
  basemodelid: digits,
  runtype: z.literal("model"),
  modelfolderid: z.string(),
  modelfileid: z.string(),
  callbackurl: z.string(),
  marketplaceid: z.null(),
  createtime: unixSeconds,
  canceltime: unixSeconds,
  assigntime: unixSeconds,
  accepttime: unixSeconds,
  preprocessstarttime: unixSeconds,
  preprocessendtime: unixSeconds,
  postprocessstarttime: unixSeconds,
  postprocessendtime: unixSeconds,
  pexit: z.string(),
  categories: z.array(z.string()),
  outputs: z.array(Output),
  size: digits,
  modeldescription: z.string(),
  modelslugowner: z.string(),
  modelslugproject: z.string(),
  modelyard: TaskFacts,
});
export type Task = z.infer<typeof Task>;

export const TaskDetailResponse = z.strictObject({
  total: z.literal("1"),
  errors: z.array(z.never()),
  tasklist: z.array(Task).length(1),
  result: z.literal(true),
});

/** `total` counts all tasks that match, as a string. */
export const TaskListResponse = z.strictObject({
  total: digits,
  errors: z.array(z.never()),
  tasklist: z.array(Task),
  result: z.literal(true),
});

/** Tasks of the account by status (the endpoint is mentioned but nowhere described; the shape is ours). */
export const TaskStatResponse = z.strictObject({
  result: z.literal(true),
  errors: z.array(z.never()),
  total: digits,
  stat: z.record(z.enum(TASK_STATUSES), digits),
});

/** A page of a task's log (task-event.ts); ours. */
export const TaskEventsResponse = z.strictObject({
  result: z.literal(true),
  errors: z.array(z.never()),
  events: z.array(
    z.strictObject({
      /** 1, 2, 3 … within the task, without gaps. */
      seq: z.number().int().positive(),
      type: z.enum(TASK_EVENT_TYPES),
      /** Unix milliseconds. */
      at: z.number().int(),
      /** What was added: text, tokens, progress; null where nothing was. */
      body: EventBody.nullable(),
    }),
  ),
});

/** Tags of an account's tasks by their names; ours. */
export const TaskTagListResponse = z.strictObject({
  result: z.literal(true),
  errors: z.array(z.never()),
  tags: z.array(z.strictObject({ tag: z.string(), runs: z.number().int().positive() })),
});

export const EmptyResponse = z.strictObject({ result: z.literal(true), errors: z.array(z.never()) });

/** Kill and Cancel answer without `total`. */
export const TaskActionResponse = z.strictObject({
  errors: z.array(z.never()),
  tasklist: z.array(Task).length(1),
  result: z.literal(true),
});
