/** A spawned process as the worker holds it. Its bytes come straight from the process, through FIFOs. */
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import type { Readable, Writable } from "node:stream";
import type { Confined } from "../isolation/sandbox.ts";
import { PlatformFault } from "./process-errors.ts";
import type { LimitHits } from "./protocol.ts";

export interface ProcessExit {
  code: number | null;
  signal: string | null;
  /** What its cgroups refused; all zero where there are none. */
  hits: LimitHits;
}

/** Who the process is outside of its sandbox; folders that it shall write are given to this account. */
export type ProcessOwner = Pick<Confined, "owner">["owner"];

export interface ProcessHandle {
  pid: number;
  owner: ProcessOwner;
  stdin: Writable;
  /** Must be read (or resumed) until `exited`: the process waits while nobody reads. */
  stdout: Readable;
  stderr: Readable;
  /**
   * The first process ended, nothing of its tree is alive, and stdout and stderr are read to their end; what is not read
   * STDIO_GRACE_MS after the end is lost. Rejects with PlatformFault when the launcher died (the tree is dead then too).
   */
  exited: Promise<ProcessExit>;
  /** TERM to the whole tree, `graceMs` (default KILL_GRACE_MS; 0 = none), KILL of the whole tree; resolves when nothing of it is alive. */
  stop(graceMs?: number): Promise<void>;
}

/** Milliseconds. When a tree is dead its pipes are at their end, so this is only ever waited for when somebody else holds them open. */
const STDIO_GRACE_MS = 250;

/** The worker's ends of a run's three FIFOs. Opened before the launcher opens the other ends, so that neither side ever blocks. */
export class Stdio {
  readonly #stdin: number;
  readonly #stdout: number;
  readonly #stderr: number;
  /** Keeps stdin's FIFO open for reading until the process has it; an end opened for writing alone would fail (ENXIO). */
  readonly #hold: number;

  constructor(folder: string, fifo: number) {
    const { O_RDONLY, O_WRONLY, O_RDWR, O_NONBLOCK } = fs.constants;
    const open = (end: number, flags: number): number =>
      fs.openSync(path.join(folder, `${fifo}.${end}`), flags | O_NONBLOCK);
    this.#hold = open(0, O_RDWR);
    this.#stdin = open(0, O_WRONLY);
    this.#stdout = open(1, O_RDONLY);
    this.#stderr = open(2, O_RDONLY);
    // The names are needed until the launcher has opened them: see `unlink`.
    this.#names = [0, 1, 2].map((end) => path.join(folder, `${fifo}.${end}`));
  }
  readonly #names: readonly string[];

  /** The process has them: wraps them as streams. */
  streams(): { stdin: net.Socket; stdout: net.Socket; stderr: net.Socket } {
    this.#unlink();
    fs.closeSync(this.#hold);
    const stdin = new net.Socket({ fd: this.#stdin, readable: false, writable: true });
    // EPIPE: the model does not read its stdin, or ended. Neither is an error of the run.
    stdin.on("error", () => stdin.destroy());
    // A FIFO has no half-close: closing is what the model sees as end of file.
    stdin.on("finish", () => stdin.destroy());
    const output = (fd: number): net.Socket => {
      const socket = new net.Socket({ fd, readable: true, writable: false });
      socket.on("error", () => socket.destroy());
      return socket;
    };
    return { stdin, stdout: output(this.#stdout), stderr: output(this.#stderr) };
  }

  /** The process was not started. */
  close(): void {
    this.#unlink();
    for (const fd of [this.#hold, this.#stdin, this.#stdout, this.#stderr]) fs.closeSync(fd);
  }

  #unlink(): void {
    for (const name of this.#names) fs.rmSync(name, { force: true });
  }
}

/** What the launcher says of a tree's end. */
type RawExit = ProcessExit & { report: string };

/** The handle of one tree, and the two things its launcher tells it. */
export class Running implements ProcessHandle {
  readonly pid: number;
  readonly owner: ProcessOwner;
  readonly stdin: net.Socket;
  readonly stdout: net.Socket;
  readonly stderr: net.Socket;
  readonly exited: Promise<ProcessExit>;
  readonly #requestStop: (graceMs: number) => void;
  readonly #settle: PromiseWithResolvers<ProcessExit>;
  readonly #graceMs: number;
  readonly #confined: Confined | undefined;
  #ended = false;
  #stopping = false;

  constructor(options: {
    pid: number;
    stdio: Stdio;
    graceMs: number;
    requestStop: (graceMs: number) => void;
    confined: Confined | undefined;
  }) {
    this.pid = options.pid;
    this.#confined = options.confined;
    this.owner = options.confined?.owner;
    this.#graceMs = options.graceMs;
    this.#requestStop = options.requestStop;
    ({ stdin: this.stdin, stdout: this.stdout, stderr: this.stderr } = options.stdio.streams());
    this.#settle = Promise.withResolvers();
    this.exited = this.#settle.promise;
    this.exited.catch(() => {}); // whoever awaits it sees the rejection; nobody has to
  }

  async stop(graceMs = this.#graceMs): Promise<void> {
    this.#stopping = true;
    if (!this.#ended) this.#requestStop(graceMs);
    await this.exited.catch(() => {});
  }

  /** The tree is dead. */
  end(exit: RawExit | PlatformFault): void {
    if (this.#ended) return;
    this.#ended = true;
    this.stdin.destroy();
    this.#confined?.release();
    const ending = this.#judge(exit);
    void Promise.all([atEnd(this.stdout), atEnd(this.stderr)]).then(() => {
      if (ending instanceof Error) this.#settle.reject(ending);
      else this.#settle.resolve(ending);
    });
  }

  #judge(exit: RawExit | PlatformFault): ProcessExit | PlatformFault {
    if (exit instanceof Error) return exit;
    const { code, signal, report, hits } = exit;
    // What was asked to stop may have been stopped before its sandbox stood.
    const verdict = this.#confined?.judge({ code, signal, report });
    if (verdict === undefined) return { code, signal, hits };
    if (verdict.kind === "ended") return { code: verdict.code, signal: verdict.signal, hits };
    if (this.#stopping) return { code, signal, hits };
    return new PlatformFault(verdict.reason);
  }
}

/** Resolves when the stream was read to its end, or after the grace; it is closed then. */
async function atEnd(stream: net.Socket): Promise<void> {
  if (!stream.readableEnded && !stream.destroyed) {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, STDIO_GRACE_MS);
    stream.once("end", resolve).once("close", resolve);
    await promise;
    clearTimeout(timer);
  }
  stream.destroy();
}
