/**
 * What `modelyard run` prints while a run goes on. stdout carries the result alone, so that it can be piped on: on a terminal the
 * answer appears as it is written, elsewhere once the run has succeeded (an attempt that is lost begins anew).
 */
import type { Frame, Output } from "@modelyard/contract";

export interface Terminal {
  stdout: { write(text: string): unknown; isTTY?: boolean };
  stderr: { write(text: string): unknown; isTTY?: boolean };
}

export interface Printer {
  frame(frame: Frame): void;
  result(outputs: readonly Output[]): void;
}

/** Where stderr is no terminal, progress is a line for each of these steps, in percent. */
const STEP = 10;

export function createPrinter({ stdout, stderr }: Terminal): Printer {
  /** How much of the answer and of the thinking has been shown. */
  let shown = { answer: 0, thinking: 0 };
  let lastStep = -1;
  /** stderr stands in the middle of a line: a progress line, or text of the model. */
  let open: "progress" | "text" | undefined;

  function endLine(): void {
    if (open !== undefined) stderr.write("\n");
    open = undefined;
  }

  function text(piece: string): void {
    if (piece === "") return;
    if (open === "progress") endLine();
    stderr.write(piece);
    open = piece.endsWith("\n") ? undefined : "text";
  }

  function progress(percentage: number, detail: string): void {
    const line = `${percentage.toFixed(0).padStart(3)} % ${detail}`.trimEnd();
    if (open === "text") endLine();
    if (stderr.isTTY) {
      stderr.write(`\r\u001b[K${line}`);
      open = "progress";
    } else if (Math.floor(percentage / STEP) > lastStep) {
      lastStep = Math.floor(percentage / STEP);
      stderr.write(`${line}\n`);
    }
  }

  function tokens(thinking: string, answer: string): void {
    if (stderr.isTTY) text(thinking.slice(shown.thinking));
    if (answer.length > shown.answer) endLine();
    if (stdout.isTTY) stdout.write(answer.slice(shown.answer));
    shown = { thinking: thinking.length, answer: answer.length };
  }

  return {
    frame({ type, message }) {
      if (type === "task_queue" && shown.answer + shown.thinking > 0) {
        text("\nthe worker was lost; the run begins anew\n");
        shown = { answer: 0, thinking: 0 };
      }
      if (type !== "task_output" && type !== "task_error") return;
      if (typeof message === "string") {
        text(message);
      } else if (message !== null && "percentage" in message) {
        const { task, stepCurrent, stepTotal, remainingTime } = message;
        const steps = stepTotal === "" ? "" : ` ${stepCurrent}/${stepTotal}`;
        const left = remainingTime === "" ? "" : `, ${Math.ceil(Number(remainingTime))} s left`;
        progress(Number(message.percentage), `${task}${steps}${left}`);
      } else if (message !== null && "isThinking" in message) {
        tokens(message.thinking.join(""), message.answer.join(""));
      }
    },
    result(outputs) {
      endLine();
      for (const output of outputs) {
        if (!("content" in output)) {
          stdout.write(`${output.url}\n`);
          continue;
        }
        const { answer, raw } = output.content;
        const text = answer.join("\n") || raw;
        stdout.write(shown.answer > 0 && stdout.isTTY ? "\n" : `${text}${text.endsWith("\n") ? "" : "\n"}`);
      }
    },
  };
}
