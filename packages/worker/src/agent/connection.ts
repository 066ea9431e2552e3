/**
 * The worker's one outbound connection. It reconnects for ever with back-off; whoever uses it says what to send again.
 */
import { type FromWorker, type Log, outbox, readFrame, ToWorker, WORKER_MESSAGE_LIMIT } from "@modelyard/contract";
import { WebSocket } from "ws";
import type { WorkerConfig } from "../config.ts";

export interface ConnectionHandlers {
  /** The first message of every connection. */
  hello(): FromWorker;
  message(message: ToWorker): void;
  log: Log;
}

const FIRST_DELAY_MS = 200;
/** Short enough that leases of up to HEARTBEAT_MS age survive a restart of the server. */
const MAX_DELAY_MS = 2_000;
/** A server that went away without a word is noticed after this long without a sign of life. */
const SILENCE_MS = 20_000;

/** What `ws` says of an answer that is no upgrade, in words that help. */
const WHY: Record<string, string> = {
  "Unexpected server response: 401":
    "the server does not take this worker token: make one there with modelyard workers token, or take that of the file worker-token in its data folder (401)",
  "Unexpected server response: 404": "no Modelyard server answers there, or a proxy does not pass the path on (404)",
};

export class Connection {
  readonly #url: string;
  readonly #config: Pick<WorkerConfig, "token">;
  readonly #handlers: ConnectionHandlers;
  #socket: WebSocket | undefined;
  readonly #messages = outbox<FromWorker>((frame) => {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(frame);
  }, process.nextTick);
  #delay = FIRST_DELAY_MS;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #heard = performance.now();

  constructor(config: Pick<WorkerConfig, "server" | "token">, handlers: ConnectionHandlers) {
    this.#url = `${config.server.replace(/^http/, "ws").replace(/\/+$/, "")}/worker/v1`;
    this.#config = config;
    this.#handlers = handlers;
    this.#connect();
  }

  /** False when there is no connection; the message is then lost, by intent: state is told anew after a reconnect. */
  send(message: FromWorker): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#messages.push(message);
    return true;
  }

  /** To be called now and then: gives up a connection on which the server has gone silent. */
  checkSilence(): void {
    if (this.#socket?.readyState === WebSocket.OPEN && performance.now() - this.#heard > SILENCE_MS)
      this.#socket.terminate();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#messages.flush();
    this.#socket?.close(1000);
  }

  #connect(): void {
    const socket = new WebSocket(this.#url, {
      headers: { authorization: `Bearer ${this.#config.token}` },
      maxPayload: WORKER_MESSAGE_LIMIT,
      perMessageDeflate: false,
      handshakeTimeout: 10_000,
    });
    this.#socket = socket;
    socket.on("open", () => {
      this.#heard = performance.now();
      socket.send(JSON.stringify([this.#handlers.hello()]));
    });
    socket.on("message", (data) => {
      this.#heard = performance.now();
      this.#delay = FIRST_DELAY_MS;
      for (const raw of readFrame(String(data)) ?? [undefined]) {
        const parsed = ToWorker.safeParse(raw);
        if (parsed.success) this.#handlers.message(parsed.data);
        else
          this.#handlers.log(`the server sent what is not a message: ${parsed.error.issues[0]?.message}`, {
            level: "error",
          });
      }
    });
    socket.on("error", (error) => {
      if (!this.#closed && this.#delay >= MAX_DELAY_MS)
        this.#handlers.log(`no connection to ${this.#url}: ${WHY[error.message] ?? error.message}`, { level: "warn" });
    });
    socket.on("close", () => {
      if (this.#closed) return;
      const wait = this.#delay * (0.5 + Math.random() / 2);
      this.#delay = Math.min(this.#delay * 2, MAX_DELAY_MS);
      this.#timer = setTimeout(() => this.#connect(), wait);
    });
  }
}
