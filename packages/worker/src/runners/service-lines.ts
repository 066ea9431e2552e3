/** The stdout of a warm process: protocol lines, and between them text that is passed on in pieces as large as they came. */
import { LINE_LIMIT, type ServiceMessage } from "@modelyard/contract";
import type { LineReader } from "./output-pump.ts";
import { parseServiceMessage } from "./service-messages.ts";

export interface ServiceLinesOptions {
  onMessage(message: ServiceMessage): void;
  /** Whole lines that are no messages, line ends included. */
  onText(text: string): void;
  /** A line that would have ended a run, were it not too long or wrong: nothing else will end it. It was given to `onText` too. */
  onLostEnd(id: string | undefined, why: string): void;
}

/** Characters of a line in which its type and its run are looked for. */
const HEAD = 400;
/** Characters of an error's message (ServiceMessage). */
const MESSAGE_LIMIT = 4_000;
const ENDS = /^\s*\{.*?"type"\s*:\s*"(done|error)"/;
const ID = /"id"\s*:\s*"([^"\\]{1,100})"/;

export class ServiceLines implements LineReader {
  readonly #options: ServiceLinesOptions;
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  #partial = "";
  /** Inside a line longer than LINE_LIMIT, whose rest is dropped. */
  #cutting = false;

  constructor(options: ServiceLinesOptions) {
    this.#options = options;
  }

  readonly unfinished = false; // an unfinished line may always become a message, so it waits for its end

  idle(): void {}

  write(chunk: Buffer): void {
    const text = this.#decoder.decode(chunk, { stream: true });
    let from = 0;
    const first = text.indexOf("\n");
    if (first < 0) {
      this.#keep(text);
      return;
    }
    if (this.#cutting || this.#partial !== "") {
      const line = this.#partial + text.slice(0, first);
      this.#partial = "";
      if (this.#cutting) this.#cutting = false;
      else this.#line(line);
      from = first + 1;
    }
    const end = text.lastIndexOf("\n") + 1;
    this.#wholeLines(text.slice(from, end));
    this.#keep(text.slice(end));
  }

  /** Jumps from brace to brace, so that text between messages costs nothing per line. */
  #wholeLines(text: string): void {
    let said = 0;
    for (let brace = text.indexOf("{"); brace >= 0; ) {
      const start = text.lastIndexOf("\n", brace) + 1;
      const next = text.indexOf("\n", brace) + 1;
      const message =
        text.slice(start, brace).trim() === "" ? parseServiceMessage(text.slice(start, next - 1)) : undefined;
      if (message !== undefined) {
        if (start > said) this.#options.onText(text.slice(said, start));
        said = next;
        this.#options.onMessage(message);
      } else if (ENDS.test(text.slice(start, start + HEAD))) {
        this.#options.onText(text.slice(said, next));
        said = next;
        this.#lostEnd(text.slice(start, next - 1));
      }
      brace = text.indexOf("{", next);
    }
    if (said < text.length) this.#options.onText(text.slice(said));
  }

  end(): void {
    if (this.#partial !== "") this.#line(this.#partial);
    this.#partial = "";
  }

  #line(line: string): void {
    const message = line.length > LINE_LIMIT ? undefined : parseServiceMessage(line);
    if (message !== undefined) this.#options.onMessage(message);
    else {
      this.#options.onText(`${line.length > LINE_LIMIT ? cut(line) : line}\n`);
      this.#lostEnd(line);
    }
  }

  #lostEnd(line: string): void {
    const head = line.slice(0, HEAD);
    const type = ENDS.exec(head)?.[1];
    if (type === undefined) return;
    const id = ID.exec(head)?.[1];
    const isLong = line.length > LINE_LIMIT;
    // What programs log may look alike; it does not name a run.
    if (id === undefined && !isLong) return;
    const why = isLong
      ? `the model's "${type}" is longer than a line may be (${LINE_LIMIT / 1024 / 1024} MiB): a long answer is streamed as "token" lines, or is a file`
      : whatItSays(line) || `the model's "${type}" is not one: ${head}`;
    this.#options.onLostEnd(id, why);
  }

  #keep(rest: string): void {
    if (this.#cutting) return;
    this.#partial += rest;
    if (this.#partial.length <= LINE_LIMIT) return;
    const line = this.#partial;
    this.#options.onText(`${cut(line)}\n`);
    this.#lostEnd(line);
    this.#partial = "";
    this.#cutting = true;
  }
}

/** The beginning of an error's message that is longer than one may be; "" for all else. */
function whatItSays(line: string): string {
  try {
    const { type, message } = JSON.parse(line) as { type: string; message?: unknown };
    return type === "error" && typeof message === "string" ? message.slice(0, MESSAGE_LIMIT) : "";
  } catch {
    return "";
  }
}

function cut(line: string): string {
  return `${line.slice(0, LINE_LIMIT)} [line cut at ${LINE_LIMIT / 1024 / 1024} MiB]`;
}
