/** The public socket's messages (wire-contract.md 10). */
import { z } from "zod";
import { TASK_EVENT_TYPES, type TaskEventType } from "./task.ts";
import type { EventBody, TaskEvent } from "./task-event.ts";
import { Output } from "./wire.ts";

/** Bytes of one message from a client; larger ones close the socket with 1009. */
export const CLIENT_MESSAGE_LIMIT = 64 * 1024;

/** What a client sends. `after: N` (ours) asks for every event after number N instead of the current state. */
export const ClientMessage = z.object({
  type: z.literal("task_info"),
  tasktoken: z.string().min(1).max(64),
  after: z.number().int().nonnegative().optional(),
});
export type ClientMessage = z.infer<typeof ClientMessage>;

export const Greeting = z.strictObject({ type: z.literal("connected"), version: z.literal("1.0") });

const progressMessage = z.strictObject({
  type: z.literal("progressGenerate"),
  task: z.string(),
  percentage: z.string(),
  stepCurrent: z.string(),
  stepTotal: z.string(),
  speed: z.string(),
  speedType: z.string(),
  elapsedTime: z.string(),
  remainingTime: z.string(),
});
const tokensMessage = z.strictObject({
  type: z.literal("progressGenerate"),
  task: z.string(),
  speed: z.string(),
  speedType: z.string(),
  raw: z.string(),
  thinking: z.array(z.string()),
  answer: z.array(z.string()),
  isThinking: z.boolean(),
  elapsedTime: z.string(),
});
const fullMessage = z.strictObject({
  raw: z.string(),
  thinking: z.array(z.string()).optional(),
  answer: z.array(z.string()).optional(),
});

export const Frame = z.strictObject({
  type: z.enum(TASK_EVENT_TYPES),
  id: z.string().regex(/^\d+$/),
  tasktoken: z.string(),
  message: z.union([z.null(), z.string(), tokensMessage, progressMessage, fullMessage, z.array(Output)]),
  result: z.literal(true),
  /** Number of the event in the task's log (ours). */
  seq: z.number().int().nonnegative(),
  /** The rest only on the two terminal frames. */
  outputs: z.array(Output).optional(),
  pexit: z.string().optional(),
  exitCode: z.number().int().nullable().optional(),
  success: z.boolean().optional(),
  terminal: z.literal(true).optional(),
});
export type Frame = z.infer<typeof Frame>;

/** What a run has said so far, folded from its log: token messages on the wire are cumulative. */
export interface Transcript {
  thinking: string;
  answer: string;
}

export function emptyTranscript(): Transcript {
  return { thinking: "", answer: "" };
}

/** Four decimals at most, as the wire has its seconds: what a model's clock says beyond them is noise. */
const text = (value: number | undefined): string =>
  value === undefined ? "" : String(Math.round(value * 10_000) / 10_000);

function message(body: EventBody, transcript: Transcript): Frame["message"] {
  switch (body.kind) {
    case "text":
      return body.text;
    case "full":
      return body.thinking || body.answer
        ? { raw: body.raw, thinking: body.thinking ?? [], answer: body.answer ?? [] }
        : { raw: body.raw };
    case "progress":
      return {
        type: "progressGenerate",
        task: body.task ?? "Generate",
        percentage: text(body.percentage),
        stepCurrent: text(body.step),
        stepTotal: text(body.total),
        speed: text(body.speed),
        speedType: body.speedType ?? "",
        elapsedTime: text(body.elapsed),
        remainingTime: text(body.remaining),
      };
    case "tokens": {
      const { thinking, answer } = transcript;
      return {
        type: "progressGenerate",
        task: "Generate",
        speed: text(body.speed),
        speedType: "words/s",
        raw: thinking + answer,
        thinking: thinking ? [thinking] : [],
        answer: answer ? [answer] : [],
        isThinking: answer === "" && thinking !== "",
        elapsedTime: text(body.elapsed),
      };
    }
  }
}

/** Advances `transcript` by `event` and returns the frame a subscriber gets for it (the terminal ones get their outputs elsewhere). */
export function foldFrame(task: { id: string; token: string }, event: TaskEvent, transcript: Transcript): Frame {
  if (event.type === "task_queue") {
    // A new attempt says everything again from the beginning.
    transcript.thinking = "";
    transcript.answer = "";
  }
  if (event.body?.kind === "tokens") {
    transcript.thinking += event.body.thinking ?? "";
    transcript.answer += event.body.answer ?? "";
  }
  return {
    type: event.type,
    id: task.id,
    tasktoken: task.token,
    message: event.body ? message(event.body, transcript) : null,
    result: true,
    seq: event.seq,
  };
}

/** A frame without a log entry of its own, such as the `task_end` that late subscribers are given. */
export function bareFrame(task: { id: string; token: string }, type: TaskEventType, seq: number): Frame {
  return { type, id: task.id, tasktoken: task.token, message: null, result: true, seq };
}
