/**
 * What an attempt has to say, delivered exactly once and in order: events wait for the answer to the report before them and
 * travel together, only the last report waits for nobody, and after a reconnect the unanswered ones are sent again, each under
 * its number.
 */
import type { EventBody, FromWorker, Report, WorkerEventType } from "@modelyard/contract";

type Send = (message: FromWorker) => boolean;

/**
 * Events are held back this long for others to join them, so that a quick run becomes a single report: each report is a durable
 * write on the server. Nobody sees 15 ms. Milliseconds.
 */
const GATHER_MS = 15;
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
  /** Unanswered reports in their order: at most one of events, and the last one. */
  #unanswered: Report[] = [];
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
    const index = this.#unanswered.findIndex((report) => report.n === n);
    if (index < 0) return;
    const [report] = this.#unanswered.splice(index, 1);
    if (!ok) this.stop();
    else if (report?.finish) this.#end(true);
    else if (this.#events.length > 0 || this.#finish) this.#flush();
  }

  /** Sends the unanswered reports again, on a new connection. */
  resend(): void {
    for (const report of this.#unanswered) this.#send(report);
    this.#flush();
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
    this.#unanswered = [];
    this.#done.resolve(acknowledged);
  }

  #schedule(): void {
    if (this.#unanswered.length > 0 || this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#flush();
    }, GATHER_MS);
  }

  #flush(): void {
    const waiting = this.#unanswered.length > 0 && !this.#finish;
    const said = this.#unanswered.some((report) => report.finish);
    if (this.#over || waiting || said || (this.#events.length === 0 && !this.#finish)) return;
    // All but the last of many reports go one at a time, so that a flood of output does not pile up in the connection.
    const events = this.#take();
    const last = this.#events.length === 0;
    if (!last && this.#unanswered.length > 0) {
      this.#events.unshift(...events);
      return;
    }
    const report: Report = { t: "report", task: this.#task, epoch: this.#epoch, n: ++this.#n, events };
    if (last && this.#finish) report.finish = this.#finish;
    this.#unanswered.push(report);
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
