/** The public socket as a client uses it; every frame is checked against the contract as it comes. */
import { Frame, Greeting } from "@modelyard/contract";
import { WebSocket } from "ws";

export interface Subscription {
  socket: WebSocket;
  frames: Frame[];
  /** What did not fit the contract; a test that ends with any has failed. */
  faults: string[];
  send(message: unknown): void;
  follow(tasktoken: string, after?: number): void;
  /** The frames so far, once there is one that fits. Rejects when the socket closes without it. */
  until(wanted: (frame: Frame, all: readonly Frame[]) => boolean): Promise<Frame[]>;
  closed: Promise<{ code: number; reason: string }>;
  close(): Promise<void>;
}

export const isLast = (frame: Frame): boolean => frame.terminal === true;

export async function subscribe(url: string, path = "/v1"): Promise<Subscription> {
  const socket = new WebSocket(url.replace(/^http/, "ws") + path);
  const frames: Frame[] = [];
  const faults: string[] = [];
  const waiting = new Set<() => void>();
  let isClosed = false;
  socket.on("message", (data) => {
    const value: unknown = JSON.parse(String(data));
    if (Greeting.safeParse(value).success) return;
    const frame = Frame.safeParse(value);
    if (frame.success) frames.push(frame.data);
    else faults.push(`${frame.error.message} in ${String(data).slice(0, 500)}`);
    for (const look of waiting) look();
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on("close", (code, reason) => {
      isClosed = true;
      resolve({ code, reason: String(reason) });
      for (const look of waiting) look();
    });
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  socket.on("error", () => {});
  const send = (message: unknown) =>
    socket.send(typeof message === "string" || Buffer.isBuffer(message) ? message : JSON.stringify(message));
  return {
    socket,
    frames,
    faults,
    closed,
    send,
    follow: (tasktoken, after) => send({ type: "task_info", tasktoken, ...(after === undefined ? {} : { after }) }),
    until: (wanted) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = frames.some((frame) => wanted(frame, frames));
          if (!found && !isClosed) return;
          waiting.delete(look);
          if (found) resolve([...frames]);
          else reject(new Error(`the socket closed first; frames: ${JSON.stringify(frames).slice(0, 2000)}`));
        };
        waiting.add(look);
        look();
      }),
    async close() {
      socket.close();
      await closed;
    },
  };
}
