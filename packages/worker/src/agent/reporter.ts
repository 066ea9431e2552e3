/**
 * What an attempt has to say, delivered exactly once and in order: at most one report is under way, later events wait and
 * travel together, and after a reconnect the unanswered report is sent again under its number.
 */
import type { EventBody, FromWorker, Report, WorkerEventType } from "@modelyard/contract";

type Send = (message: FromWorker) => boolean;

/** Events are held back this long for others to join them: a quick run becomes a single report. Milliseconds. */
const GATHER_MS = 4;
/** Characters of event text in one report. */
const REPORT_CHARS = 1024 * 1024;
const REPORT_EVENTS = 1_000;

export class Reporter {
  readonly #task: string;
  readonly #epoch: number;
  readonly #send: Send;
  readonly #began = performance.now();
  #events: Report["events"] = [];
  #finish: Report["finish"];
  #inFlight: Report | undefined;
  #n = 0;
  #timer: NodeJS.Timeout | undefined;
  #over = false;
  readonly #done = Promise.withResolvers<boolean>();

  constructor(task: string, epoch: number, send: Send) {
    this.#task = task;
    this.#epoch = epoch;
    this.#send = send;
  }

  /** Resolves to true once the finish was acknowledged, to false once the attempt turned out to be lost. */
  get done(): Promise<boolean> {
    return this.#done.promise;
  }

  event(type: WorkerEventType, body: EventBody | null = null): void {
    if (this.#over || this.#finish) return;
    this.#events.push({ type, ms: performance.now() - this.#began, body });
    this.#schedule();
  }

  finish(finish: NonNullable<Report["finish"]>): void {
    if (this.#over || this.#finish) return;
    this.#finish = finish;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#flush();
  }

  /** The server's answer to report `n`. */
  answered(n: number, ok: boolean): void {
    if (this.#inFlight?.n !== n) return;
    const last = this.#inFlight.finish !== undefined;
    this.#inFlight = undefined;
    if (!ok) this.stop();
    else if (last) this.#end(true);
    else if (this.#events.length > 0 || this.#finish) this.#flush();
  }

  /** Sends the unanswered report again, on a new connection. */
  resend(): void {
    if (this.#inFlight) this.#send(this.#inFlight);
    else this.#flush();
  }

  /** The attempt is not ours any more: nothing is sent from here on. */
  stop(): void {
    this.#end(false);
  }

  #end(acknowledged: boolean): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    this.#events = [];
    this.#inFlight = undefined;
    this.#done.resolve(acknowledged);
  }

  #schedule(): void {
    if (this.#inFlight || this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#flush();
    }, GATHER_MS);
  }

  #flush(): void {
    if (this.#over || this.#inFlight || (this.#events.length === 0 && !this.#finish)) return;
    const events = this.#take();
    const last = this.#events.length === 0;
    const report: Report = { t: "report", task: this.#task, epoch: this.#epoch, n: ++this.#n, events };
    if (last && this.#finish) report.finish = this.#finish;
    this.#inFlight = report;
    this.#send(report);
  }

  #take(): Report["events"] {
    let chars = 0;
    let count = 0;
    for (const { body } of this.#events) {
      chars += body?.kind === "text" ? body.text.length : 100;
      if (count > 0 && (chars > REPORT_CHARS || count >= REPORT_EVENTS)) break;
      count++;
    }
    return this.#events.splice(0, count);
  }
}
