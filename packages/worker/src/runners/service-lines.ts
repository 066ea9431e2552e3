/** The stdout of a warm process: protocol lines, and between them text that is passed on in pieces as large as they came. */
import { LINE_LIMIT, type ServiceMessage } from "@modelyard/contract";
import type { LineReader } from "./output-pump.ts";
import { parseServiceMessage } from "./service-messages.ts";

export interface ServiceLinesOptions {
  onMessage(message: ServiceMessage): void;
  /** Whole lines that are no messages, line ends included. */
  onText(text: string): void;
}

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
    else this.#options.onText(`${line.length > LINE_LIMIT ? cut(line) : line}\n`);
  }

  #keep(rest: string): void {
    if (this.#cutting) return;
    this.#partial += rest;
    if (this.#partial.length <= LINE_LIMIT) return;
    this.#options.onText(`${cut(this.#partial)}\n`);
    this.#partial = "";
    this.#cutting = true;
  }
}

function cut(line: string): string {
  return `${line.slice(0, LINE_LIMIT)} [line cut at ${LINE_LIMIT / 1024 / 1024} MiB]`;
}
