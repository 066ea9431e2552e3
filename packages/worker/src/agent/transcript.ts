/** Turns what a run says into events, and keeps what is needed for its end: full texts, the answer, the speed. */
import type { EventBody, Finish, WorkerEventType } from "@modelyard/contract";
import type { RunOutput } from "../runners/runner.ts";

/** Characters of stdout and stderr kept for the task's record; the event log has all of it. */
const KEEP = 512 * 1024;

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

export class Transcript {
  #stdout = "";
  #stderr = "";
  #thinking = "";
  #answer = "";
  #firstToken = 0;
  #words = 0;

  /** The event for one piece of output. */
  take(output: Exclude<RunOutput, { kind: "usage" }>): { type: WorkerEventType; body: EventBody } {
    switch (output.kind) {
      case "stdout":
        if (this.#stdout.length < KEEP) this.#stdout += output.text;
        return { type: "task_output", body: { kind: "text", text: output.text } };
      case "stderr":
        if (this.#stderr.length < KEEP) this.#stderr += output.text;
        return { type: "task_error", body: { kind: "text", text: output.text } };
      case "progress":
        return { type: "task_output", body: output };
      case "token":
        return { type: "task_output", body: this.#token(output.text, output.thinking) };
    }
  }

  #token(text: string, thinking: boolean): EventBody {
    this.#firstToken ||= performance.now();
    if (thinking) this.#thinking += text;
    else this.#answer += text;
    this.#words += text.split(/\s+/).filter((word) => word !== "").length;
    const elapsed = (performance.now() - this.#firstToken) / 1000;
    const speed = elapsed > 0.05 ? round(this.#words / elapsed) : 0;
    return { kind: "tokens", ...(thinking ? { thinking: text } : { answer: text }), speed, elapsed: round(elapsed) };
  }

  /** The whole answer of a text model that did not stream it. */
  answerWith(text: string): void {
    if (this.#answer === "") this.#answer = text;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Whether the run streamed or returned text as its answer. */
  get hasAnswer(): boolean {
    return this.#answer !== "" || this.#thinking !== "";
  }

  full(): Extract<EventBody, { kind: "full" }> {
    if (!this.hasAnswer) return { kind: "full", raw: this.#stdout };
    const { raw, thinking, answer } = this.answer();
    return { kind: "full", raw, thinking, answer };
  }

  answer(): NonNullable<Finish["answer"]> {
    return {
      raw: this.#thinking + this.#answer,
      thinking: this.#thinking === "" ? [] : [this.#thinking],
      answer: [this.#answer],
    };
  }

  /** For text models the plain answer, which clients read first; otherwise what was printed. */
  get debugOutput(): string {
    return this.hasAnswer ? this.#answer : this.#stdout;
  }
}
