/**
 * What a run says, bounded and merged before it goes to the agent: everything that arrives within MERGE_MS goes out together, in order,
 * with neighbours of one kind joined. Per run at most TEXT_LIMIT bytes of each stream are passed on.
 */

import type { ReportedUsage, RunOutput } from "./runner.ts";
import type { Progress } from "./tqdm.ts";

/** Bytes of text of one stream (stdout with its tokens, or stderr) that a run may produce; then one line says that the rest is dropped. */
export const TEXT_LIMIT = 4 * 1024 * 1024;
/** Milliseconds. Short enough to look live, long enough that a chatty model makes at most 50 batches a second. */
const MERGE_MS = 20;
/** A batch this large goes out at once. Characters, entries. */
const BATCH_CHARS = 64 * 1024;
const BATCH_ENTRIES = 128;
/** How much of the end of stderr is kept for the error message. Characters. */
const TAIL_CHARS = 4096;
const ERROR_LINES = 10;
const ERROR_CHARS = 2000;

export type Stream = "stdout" | "stderr";

export class RunOutputBatch {
  readonly #onOutput: (output: RunOutput) => void;
  readonly #left = { stdout: TEXT_LIMIT, stderr: TEXT_LIMIT };
  #batch: RunOutput[] = [];
  #chars = 0;
  #timer: NodeJS.Timeout | undefined;
  #tail = "";
  /** Whether anything was said at all: such a run cannot be repeated unseen. */
  spoke = false;

  constructor(onOutput: (output: RunOutput) => void) {
    this.#onOutput = onOutput;
  }

  /** Whether the stream has used up its limit; what follows need not even be decoded. */
  isFull(stream: Stream): boolean {
    return this.#left[stream] < 0;
  }

  text(kind: Stream, raw: string): void {
    if (kind === "stdout" && this.isFull(kind)) return;
    const clean = raw.includes("\0") ? raw.replaceAll("\0", "") : raw;
    if (kind === "stderr") this.remember(clean);
    const text = this.#within(kind, clean);
    if (text === "") return;
    const last = this.#batch.at(-1);
    if (last?.kind === kind) last.text += text;
    else this.#batch.push({ kind, text });
    this.#added(text.length);
  }

  token(raw: string, thinking: boolean): void {
    const before = this.#left.stdout;
    const text = this.#within("stdout", raw.includes("\0") ? raw.replaceAll("\0", "") : raw);
    if (text === "") return;
    const last = this.#batch.at(-1);
    if (before >= 0 && this.#left.stdout < 0) this.#batch.push({ kind: "stdout", text });
    else if (last?.kind === "token" && last.thinking === thinking) last.text += text;
    else this.#batch.push({ kind: "token", text, thinking });
    this.#added(text.length);
  }

  /** Progress is a level, not an event: within a batch a later value replaces an earlier one of the same bar. */
  progress(progress: Progress): void {
    const earlier = this.#batch.findIndex((entry) => entry.kind === "progress" && entry.task === progress.task);
    if (earlier >= 0) this.#batch.splice(earlier, 1);
    this.#batch.push(progress);
    this.#added(0);
  }

  /** Goes out with the rest, so that the last one is the last. */
  usage(reported: ReportedUsage): void {
    this.#batch.push({ kind: "usage", ...reported });
    this.#added(0);
  }

  /** Sends what is held back. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batch = this.#batch;
    this.#batch = [];
    this.#chars = 0;
    for (const output of batch) this.#onOutput(output);
  }

  /** Adds to the tail of stderr without passing it on: the last words of a model that said too much. */
  remember(text: string): void {
    this.#tail += text;
    // Cut now and then: cutting at every line cost 4 µs a line.
    if (this.#tail.length > 16 * TAIL_CHARS) this.#tail = this.#tail.slice(-TAIL_CHARS);
  }

  /** What was said until now is nobody's business any more. */
  forget(): void {
    this.#tail = "";
  }

  /** The last non-empty lines of stderr, "" when there are none. */
  lastWords(): string {
    return lastLines(this.#tail.slice(-TAIL_CHARS));
  }

  #added(chars: number): void {
    this.spoke = true;
    this.#chars += chars;
    if (this.#chars >= BATCH_CHARS || this.#batch.length >= BATCH_ENTRIES) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), MERGE_MS);
  }

  #within(stream: Stream, text: string): string {
    const left = this.#left[stream];
    if (left < 0 || text === "") return "";
    const size = Buffer.byteLength(text);
    this.#left[stream] = left - size;
    if (size <= left) return text;
    const kept = Buffer.from(text).subarray(0, left).toString();
    return `${kept.replace(/\uFFFD$/, "")}\n[more than ${TEXT_LIMIT / 1024 / 1024} MiB of ${stream}; the rest is dropped]\n`;
  }
}

/** The last lines of a text that say something, bounded to what an error message can hold. */
function lastLines(text: string): string {
  const lines = text.split(/[\r\n]+/).filter((line) => line.trim() !== "");
  return lines.slice(-ERROR_LINES).join("\n").slice(-ERROR_CHARS).trim();
}
