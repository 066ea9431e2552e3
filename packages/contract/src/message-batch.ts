/**
 * Messages of one turn of the event loop travel in one frame, as a JSON list: under load a frame and a system call for each
 * message would cost more than the messages (measured). A single message is a list of one.
 */

/** Characters after which a frame is sent although more may follow; messages themselves may be larger (WORKER_MESSAGE_LIMIT). */
const FRAME_CHARS = 1024 * 1024;

export interface Outbox<Message> {
  push(message: Message): void;
  /** Sends what waits, at once. */
  flush(): void;
}

/** `send` gets the frame's text; `defer` runs its argument once the present work and its promises are done (process.nextTick). */
export function outbox<Message>(send: (frame: string) => void, defer: (flush: () => void) => void): Outbox<Message> {
  let texts: string[] = [];
  let chars = 0;
  const flush = () => {
    if (texts.length === 0) return;
    const frame = `[${texts.join()}]`;
    texts = [];
    chars = 0;
    send(frame);
  };
  return {
    push(message) {
      const text = JSON.stringify(message);
      if (texts.length === 0) defer(flush);
      texts.push(text);
      chars += text.length;
      if (chars > FRAME_CHARS) flush();
    },
    flush,
  };
}

/** The messages of a frame, unchecked; undefined where it is no list. */
export function readFrame(frame: string): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(frame);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
