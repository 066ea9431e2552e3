/** Feeds a process's stream into its line reader: fairly, and letting unfinished lines out after a moment of silence. */
import type { Readable } from "node:stream";

/** Milliseconds. A program that prints an answer without line ends is seen live; a message written in two parts is not torn. */
const IDLE_MS = 10;
/**
 * Bytes of one stream read in one turn of the event loop. libuv would read 2 MiB (32 times 64 KiB) before anyone else gets a turn; the
 * worst text (a message attempt every two bytes) costs about 10 ms per 64 KiB, for the 4 MiB that are looked at.
 */
const TURN_BYTES = 128 * 1024;

export interface LineReader {
  write(chunk: Buffer): void;
  readonly unfinished: boolean;
  idle(): void;
}

export function pumpOutput(source: Readable, lines: LineReader): void {
  let timer: NodeJS.Timeout | undefined;
  let turn = 0;
  const idle = (): void => {
    timer = undefined;
    lines.idle();
  };
  const resume = (): void => {
    turn = 0;
    source.resume();
  };
  source.on("data", (chunk: Buffer) => {
    lines.write(chunk);
    if (lines.unfinished) timer ??= setTimeout(idle, IDLE_MS);
    turn += chunk.length;
    if (turn >= TURN_BYTES) {
      source.pause();
      turn = Number.NEGATIVE_INFINITY; // one more chunk may come that was read already
      setImmediate(resume);
    }
  });
  source.on("close", () => clearTimeout(timer));
}
