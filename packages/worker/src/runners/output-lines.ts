/**
 * From the bytes of a model's stdout or stderr to text, progress and tokens. Pure: no clock, no streams; see command.ts for those.
 *
 * `\n` and `\r` end a line. A tqdm line becomes progress; on stdout a JSON line `progress`, `token` or `usage` (service-protocol.ts) becomes what
 * it says; all else is text and is passed on as it came, line ends included, an unfinished line too (`idle`), because programs print
 * answers without line ends. What was passed on as text stays text: a line is only looked at while it is whole.
 */
import { LINE_LIMIT } from "@modelyard/contract";
import type { LineReader } from "./output-pump.ts";
import type { RunOutputBatch, Stream } from "./run-output.ts";
import { parseServiceMessage } from "./service-messages.ts";
import { looksLikeTqdm, parseTqdm } from "./tqdm.ts";

const NEWLINE = 10;

/** Where it goes; a RunOutputBatch, or what chooses between several. */
export type LineSink = Pick<RunOutputBatch, "isFull" | "text" | "progress" | "token" | "usage" | "remember">;

export class OutputLines implements LineReader {
  readonly #stream: Stream;
  readonly #json: boolean;
  readonly #out: LineSink;
  // A byte order mark is kept, as it is in a file.
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  /** The unfinished line, as far as it was not passed on. */
  #partial = "";
  /** Characters of the unfinished line that were passed on as text already, or dropped as too many. */
  #passed = 0;
  /** The unfinished line was longer than LINE_LIMIT and says so already. */
  #cut = false;
  /** The unfinished line began with a progress bar that was passed on: its line end is not text. */
  #consumed = false;
  /** The last line was a message and ended in `\r`: a `\n` that follows belongs to it. */
  #swallowNewline = false;

  constructor(stream: Stream, out: LineSink, options: { json: boolean }) {
    this.#stream = stream;
    this.#out = out;
    this.#json = options.json;
  }

  /** Whether `idle` has something to do. */
  get unfinished(): boolean {
    return this.#partial !== "";
  }

  write(chunk: Buffer): void {
    if (this.#out.isFull(this.#stream)) this.#drain(chunk);
    else this.#take(this.#decoder.decode(chunk, { stream: true }));
  }

  /** Nothing came for a moment: passes on the unfinished line, unless it may become a message or a progress bar. */
  idle(): void {
    if (this.#partial === "") return;
    const whole = this.#passed === 0 && !this.#consumed;
    const progress = whole ? parseTqdm(this.#partial) : undefined;
    if (progress !== undefined) {
      // A bar is printed without a line end; the `\r` before the next one ends it.
      this.#out.progress(progress);
      this.#consumed = true;
    } else if (whole && (looksLikeTqdm(this.#partial) || (this.#json && this.#partial.trimStart().startsWith("{")))) {
      return;
    } else {
      this.#pass(this.#partial);
    }
    this.#partial = "";
  }

  end(): void {
    this.#take(this.#decoder.decode());
    if (this.#partial !== "") this.#line(this.#partial, "");
    this.#partial = "";
  }

  #take(text: string): void {
    if (text === "") return;
    let from = 0;
    if (this.#swallowNewline) {
      this.#swallowNewline = false;
      if (text.charCodeAt(0) === NEWLINE) from = 1;
    }
    const ends = /\r\n|\r|\n/g;
    const takeLine = (): boolean => {
      ends.lastIndex = from;
      const end = ends.exec(text);
      if (end === null) return false;
      this.#line(this.#partial + text.slice(from, end.index), end[0], ends.lastIndex === text.length);
      this.#partial = "";
      from = ends.lastIndex;
      return true;
    };
    const unfinished = this.#partial !== "" || this.#passed > 0 || this.#consumed;
    if (!unfinished || takeLine()) {
      if (this.#isPlain(text)) {
        const end = Math.max(text.lastIndexOf("\n"), text.lastIndexOf("\r")) + 1;
        if (end > from) this.#out.text(this.#stream, text.slice(from, end));
        from = Math.max(from, end);
      } else {
        while (takeLine());
      }
    }
    this.#partial += text.slice(from);
    if (this.#partial.length + this.#passed > LINE_LIMIT) {
      this.#pass(this.#partial);
      this.#partial = "";
    }
  }

  /** No line of it can be a message, so there is no need to look at them one by one. Most text of most models takes this way. */
  #isPlain(text: string): boolean {
    return text.length <= LINE_LIMIT && !text.includes("%|") && !(this.#json && text.includes("{"));
  }

  /** A whole line (or what is left of one) and its line end. `last`: nothing follows it in what was read. */
  #line(line: string, end: string, last = false): void {
    const message = this.#consumed ? line === "" : this.#passed === 0 && this.#message(line);
    if (message) {
      this.#swallowNewline = last && end === "\r";
    } else {
      this.#pass(line, end);
    }
    this.#consumed = false;
    this.#passed = 0;
    this.#cut = false;
  }

  /** Text of the current line, cut at LINE_LIMIT characters, and its line end. */
  #pass(text: string, end = ""): void {
    const room = Math.max(0, LINE_LIMIT - this.#passed);
    this.#passed += text.length;
    if (text.length <= room) {
      this.#out.text(this.#stream, text + end);
      return;
    }
    const mark = this.#cut ? "" : `${text.slice(0, room)} [line cut at ${LINE_LIMIT / 1024 / 1024} MiB]`;
    this.#cut = true;
    this.#out.text(this.#stream, mark + end);
  }

  /** Whether the line was a message and is dealt with. */
  #message(line: string): boolean {
    const progress = parseTqdm(line);
    if (progress !== undefined) {
      this.#out.progress(progress);
      return true;
    }
    if (!this.#json || line.length > LINE_LIMIT) return false;
    const message = parseServiceMessage(line);
    if (message?.type === "progress") {
      const { type: _, id: __, ...numbers } = message;
      this.#out.progress({ kind: "progress", ...numbers });
      return true;
    }
    if (message?.type === "usage") {
      const { type: _, id: __, ...reported } = message;
      this.#out.usage(reported);
      return true;
    }
    if (message?.type === "token") {
      this.#out.token(message.text, message.thinking ?? false);
      return true;
    }
    return false;
  }

  /**
   * Past the limit of text: only progress is still looked for, in chunks that hold one, and the last words of stderr are kept.
   * Costs 0.01 ms for 64 KiB, so a model may say as much as it likes.
   */
  #drain(chunk: Buffer): void {
    this.#partial = "";
    if (this.#stream === "stderr") this.#out.remember(chunk.subarray(-4096).toString().replaceAll("\0", ""));
    if (!chunk.includes("%|") && !(this.#json && (chunk.includes('"progress"') || chunk.includes('"usage"')))) return;
    const lines = chunk.toString().split(/[\r\n]+/);
    for (const line of lines) if (line.length < 4096 && !line.includes('"token"')) this.#message(line);
  }
}
