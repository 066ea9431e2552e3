/** `fetch` for the SDK in this thread: the request goes to the server as a message instead of over the network. */
import type { FromSite, ToSite } from "@modelyard/contract";

type Reply = Extract<ToSite, { kind: "reply" }>;

export function createApiFetch(say: (message: FromSite) => void): {
  fetch: typeof fetch;
  replied: (reply: Reply) => void;
} {
  const waiting = new Map<number, (reply: Reply) => void>();
  let next = 1;
  return {
    async fetch(input, init) {
      const url = new URL(String(input));
      const id = next++;
      const reply = await new Promise<Reply>((resolve) => {
        waiting.set(id, resolve);
        say({ kind: "call", id, base: url.origin, path: url.pathname, body: String(init?.body ?? "{}") });
      });
      return new Response(reply.text, { status: reply.status });
    },
    replied(reply) {
      waiting.get(reply.id)?.(reply);
      waiting.delete(reply.id);
    },
  };
}
