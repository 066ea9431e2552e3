/** The public socket at `/v1` (wire-contract.md 10): clients name task tokens, the server pushes frames. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { CLIENT_MESSAGE_LIMIT, ClientMessage, isTerminal, type Log } from "@modelyard/contract";
import { type WebSocket, WebSocketServer } from "ws";
import type { Bus } from "../bus/bus.ts";
import type { Database } from "../db/database.ts";
import { presentOutputs } from "../tasks/present.ts";
import { readEvents, readTask, type Tasks } from "../tasks/service.ts";
import { Channel, type ChannelSource, type Subscriber } from "./channel.ts";
import { type WaitOptions, waitForEnd } from "./wait.ts";

/** Bytes that may wait for a slow reader before it is let go (reliability.md 5.6), and below which a replay goes on. */
const BUFFER_LIMIT = 4 * 1024 * 1024;
const REPLAY_BUFFER = 1024 * 1024;
/** Rows of a task's log read at a time; a row holds at most one report's events. */
const LOG_ROWS = 50;
const REGISTER_MS = 10_000;
const PING_MS = 30_000;
/** Unfinished tasks that one socket may follow at a time. */
const TASKS_PER_SOCKET = 100;

export interface RealtimeDeps {
  db: Database;
  bus: Bus;
  tasks: Tasks;
  log: Log;
}

export interface Realtime {
  /** `base`: public base address under which this socket's outputs are addressed. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, base: string): void;
  /** Sends all frames of the task from its first one on, until the returned function is called. */
  follow(task: { id: number; token: string }, base: string, subscriber: Subscriber): Promise<() => void>;
  /** As `waitForEnd`. */
  ended(taskId: number, options: WaitOptions): Promise<boolean>;
  close(): Promise<void>;
}

export function createRealtime({ db, bus, tasks, log }: RealtimeDeps): Realtime {
  const server = new WebSocketServer({ noServer: true, maxPayload: CLIENT_MESSAGE_LIMIT, perMessageDeflate: false });
  /** By base address and task id: the base is part of the frames. */
  const channels = new Map<string, Channel>();

  const sourceFor = (base: string): ChannelSource => ({
    events: (taskId, after) => readEvents(db, taskId, after, LOG_ROWS),
    async ending(taskId) {
      const row = await readTask(db, { id: taskId }, undefined);
      if (!row) throw new Error(`task ${taskId} is gone`);
      const success = row.status === "task_postprocess_end" && row.pexit === "0";
      const shared = {
        status: row.status,
        pexit: row.pexit,
        exitCode: row.pexit === "" ? null : Number(row.pexit),
        success,
        terminal: true as const,
      };
      if (row.status !== "task_postprocess_end") return { ...shared, message: null };
      const outputs = presentOutputs(row, await tasks.context(row, base));
      return { ...shared, outputs, message: outputs };
    },
  });

  function channelOf(task: { id: number; token: string }, base: string): { key: string; channel: Channel } {
    const key = `${base} ${task.id}`;
    let channel = channels.get(key);
    if (!channel) {
      channel = new Channel({ id: task.id, token: task.token }, bus, sourceFor(base));
      channels.set(key, channel);
    }
    return { key, channel };
  }

  function leave(key: string, channel: Channel, subscriber: Subscriber): void {
    channel.leave(subscriber);
    if (!channel.isEmpty) return;
    channel.close();
    if (channels.get(key) === channel) channels.delete(key);
  }

  function connect(ws: WebSocket, base: string): void {
    const joined = new Map<string, { key: string; channel: Channel; subscriber: Subscriber }>();
    let alive = true;
    const register = setTimeout(() => ws.close(1008, "no task was named"), REGISTER_MS);
    const ping = setInterval(() => {
      if (!alive) return ws.terminate();
      alive = false;
      ws.ping();
    }, PING_MS);
    ws.on("pong", () => {
      alive = true;
    });

    const letGo = () => {
      ws.close(1013, "reading too slowly; reconnect with after");
      return false;
    };
    /** A finished task says nothing more: its place on this socket is free again. */
    const end = (token: string) => {
      const entry = joined.get(token);
      if (!entry) return;
      joined.delete(token);
      leave(entry.key, entry.channel, entry.subscriber);
    };
    const subscriber = (token: string): Subscriber => ({
      send(frame) {
        if (ws.readyState !== ws.OPEN) return false;
        if (ws.bufferedAmount > BUFFER_LIMIT) return letGo();
        ws.send(frame);
        return true;
      },
      async drained() {
        for (let waited = 0; ws.bufferedAmount > REPLAY_BUFFER; waited += 20) {
          if (ws.readyState !== ws.OPEN) return false;
          if (waited > PING_MS) return letGo();
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        return ws.readyState === ws.OPEN;
      },
      ended: () => end(token),
    });

    async function follow(message: ClientMessage): Promise<void> {
      clearTimeout(register);
      if (joined.has(message.tasktoken) || joined.size >= TASKS_PER_SOCKET) return;
      const task = await readTask(db, { token: message.tasktoken }, undefined);
      // An unknown token is ignored; the socket stays as it is.
      if (!task || joined.has(message.tasktoken) || joined.size >= TASKS_PER_SOCKET || ws.readyState !== ws.OPEN)
        return;
      const { key, channel } = channelOf(task, base);
      const own = subscriber(message.tasktoken);
      joined.set(message.tasktoken, { key, channel, subscriber: own });
      await channel.join(own, message.after);
      if (ws.readyState !== ws.OPEN) leave(key, channel, own);
      else if (isTerminal(task.status)) end(message.tasktoken);
    }

    ws.on("message", (data, isBinary) => {
      if (isBinary) return ws.close(1003, "no binary messages");
      const parsed = parseMessage(String(data));
      if (parsed === "not json") return ws.close(1007, "not JSON");
      if (!parsed) return;
      follow(parsed).catch((error: unknown) => {
        log(`socket: ${String(error)}`, { level: "error" });
        ws.close(1011, "internal error");
      });
    });
    // ws itself answers a bad frame with its close code and destroys a broken connection.
    ws.on("error", () => {});
    ws.on("close", () => {
      clearTimeout(register);
      clearInterval(ping);
      for (const entry of joined.values()) leave(entry.key, entry.channel, entry.subscriber);
    });
    ws.send('{"type":"connected","version":"1.0"}');
  }

  return {
    accept(request, socket, head, base) {
      server.handleUpgrade(request, socket, head, (ws) => connect(ws, base));
    },
    async follow(task, base, subscriber) {
      const { key, channel } = channelOf(task, base);
      try {
        await channel.join(subscriber, 0);
      } catch (error) {
        leave(key, channel, subscriber);
        throw error;
      }
      return () => leave(key, channel, subscriber);
    },
    ended: (taskId, options) => waitForEnd({ db, bus }, taskId, options),
    async close() {
      for (const client of server.clients) client.close(1012, "server restarts");
      const timer = setTimeout(() => {
        for (const client of server.clients) client.terminate();
      }, 1_000);
      await new Promise<void>((resolve) => server.close(() => resolve()));
      clearTimeout(timer);
      for (const channel of channels.values()) channel.close();
    },
  };
}

/** A message of ours, undefined for another type (ignored), "not json" for what is none. */
function parseMessage(text: string): ClientMessage | "not json" | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "not json";
  }
  const parsed = ClientMessage.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}
