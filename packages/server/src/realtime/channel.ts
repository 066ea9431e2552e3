/**
 * One task as its subscribers see it: the log folded into frames, live events in order, the current state for late comers.
 * A channel exists while somebody listens. Everything it does runs one after the other.
 */
import {
  bareFrame,
  emptyTranscript,
  type Frame,
  foldFrame,
  isTerminal,
  type TaskEvent,
  type TaskStatus,
  type Transcript,
} from "@modelyard/contract";
import type { Bus } from "../bus/bus.ts";
import { newsTopic, type TaskNews } from "../tasks/lifecycle.ts";

export interface Subscriber {
  /** Takes one serialized frame; false = it is gone and must not be sent to again. */
  send(frame: string): boolean;
  /** Resolves when the subscriber's buffer is small enough for a long replay to go on; false = it is gone. */
  drained(): Promise<boolean>;
  /** The task's last frame was sent. */
  ended(): void;
}

/** What a channel reads from the store. */
export interface ChannelSource {
  /** Events behind number `after`, a page of them; none = there are no more. */
  events(taskId: number, after: number): Promise<TaskEvent[]>;
  /** The terminal frame's additions: outputs, exit code, or undefined while the task is not terminal. */
  ending(taskId: number): Promise<Partial<Frame> & { status: TaskStatus }>;
}

/** One subscriber's way through the log. */
interface Replay {
  /** Number of the last event that was folded. */
  position: number;
  after: number;
  transcript: Transcript;
}

/** Live events kept while a replay is under way; past that they are read from the log again. */
const BACKLOG = 1_000;

export class Channel {
  readonly #task: { id: string; token: string };
  readonly #source: ChannelSource;
  readonly #subscribers = new Set<Subscriber>();
  /** Those whose replay is under way: they are not sent live events yet, but the channel is theirs too. */
  readonly #joining = new Set<Subscriber>();
  readonly #unsubscribe: () => void;
  #work: Promise<void> = Promise.resolve();
  #transcript = emptyTranscript();
  #last = 0;
  #loaded = false;
  /** The frame that tells a late comer where the task is. */
  #state: Frame | undefined;
  #started = false;
  #pending: TaskEvent[] = [];
  #scheduled = false;

  constructor(task: { id: number; token: string }, bus: Bus, source: ChannelSource) {
    this.#task = { id: String(task.id), token: task.token };
    this.#source = source;
    this.#unsubscribe = bus.subscribe(newsTopic(task.id), (message) => this.#hear((message as TaskNews).events));
  }

  get isEmpty(): boolean {
    return this.#subscribers.size === 0 && this.#joining.size === 0;
  }

  /** `after`: replay every event behind that number; undefined: only the current state. */
  async join(subscriber: Subscriber, after: number | undefined): Promise<void> {
    this.#joining.add(subscriber);
    try {
      await this.#serially(() => this.#load());
      const replay: Replay = { position: 0, after: after ?? this.#last, transcript: emptyTranscript() };
      // A long replay waits for its reader, and only for this one: the others' events go on meanwhile.
      while (after !== undefined && replay.position < this.#last) {
        if (!(await this.#replayPage(subscriber, replay, "wait"))) return;
      }
      await this.#serially(async () => {
        if (after === undefined) this.#sendState(subscriber);
        while (after !== undefined && replay.position < this.#last) {
          if (!(await this.#replayPage(subscriber, replay, "at once"))) return;
        }
        if (this.#joining.has(subscriber)) this.#subscribers.add(subscriber);
      });
    } finally {
      this.#joining.delete(subscriber);
    }
  }

  leave(subscriber: Subscriber): void {
    this.#subscribers.delete(subscriber);
    this.#joining.delete(subscriber);
  }

  close(): void {
    this.#unsubscribe();
    this.#subscribers.clear();
  }

  #serially(work: () => Promise<void>): Promise<void> {
    const next = this.#work.then(work);
    this.#work = next.catch(() => {});
    return next;
  }

  /** Live events arrive here; they are handled in the channel's own order, and read from the log where some are missing. */
  #hear(events: readonly TaskEvent[]): void {
    if (this.#pending.length < BACKLOG) this.#pending.push(...events);
    if (this.#scheduled) return;
    this.#scheduled = true;
    void this.#serially(async () => {
      this.#scheduled = false;
      if (!this.#loaded) return;
      const pending = this.#pending.splice(0);
      for (const event of pending) {
        if (event.seq <= this.#last) continue;
        if (event.seq > this.#last + 1) await this.#catchUp();
        if (event.seq === this.#last + 1) await this.#advance(event);
      }
    });
  }

  async #load(): Promise<void> {
    if (this.#loaded) return;
    await this.#catchUp();
    this.#loaded = true;
  }

  async #catchUp(): Promise<void> {
    for (;;) {
      const page = await this.#source.events(Number(this.#task.id), this.#last);
      if (page.length === 0) return;
      for (const event of page) await this.#advance(event);
    }
  }

  async #advance(event: TaskEvent): Promise<void> {
    const frame = await this.#complete(foldFrame(this.#task, event, this.#transcript));
    this.#last = event.seq;
    if (event.type === "task_queue") this.#started = false;
    if (event.type === "task_start") this.#started = true;
    if (event.type !== "task_error" && !event.type.endsWith("_full")) this.#state = frame;
    if (this.#subscribers.size === 0) return;
    const text = JSON.stringify(frame);
    for (const subscriber of this.#subscribers) if (!subscriber.send(text)) this.#subscribers.delete(subscriber);
    if (frame.terminal) for (const subscriber of [...this.#subscribers]) subscriber.ended();
  }

  /** Terminal frames carry the outputs, which are not part of the log. */
  async #complete(frame: Frame): Promise<Frame> {
    if (!isTerminal(frame.type as TaskStatus)) return frame;
    const { status: _status, ...ending } = await this.#source.ending(Number(this.#task.id));
    return { ...frame, ...ending };
  }

  #sendState(subscriber: Subscriber): void {
    const state = this.#state;
    if (!state) return;
    // Clients written after an early sample stop at task_end; those that read on lose nothing by it.
    if (state.type === "task_postprocess_end" && this.#started) {
      subscriber.send(JSON.stringify(bareFrame(this.#task, "task_end", state.seq)));
    }
    subscriber.send(JSON.stringify(state));
  }

  /** Sends the next page of the log, at most up to where the channel is. Token frames are cumulative, so the fold starts at the beginning. */
  async #replayPage(subscriber: Subscriber, replay: Replay, pace: "wait" | "at once"): Promise<boolean> {
    const page = await this.#source.events(Number(this.#task.id), replay.position);
    for (const event of page) {
      if (event.seq > this.#last) break;
      const frame = foldFrame(this.#task, event, replay.transcript);
      replay.position = event.seq;
      if (event.seq <= replay.after) continue;
      if (pace === "wait" && !(await subscriber.drained())) return false;
      if (!subscriber.send(JSON.stringify(await this.#complete(frame)))) return false;
    }
    return page.length > 0;
  }
}
