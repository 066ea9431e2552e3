/** What was said so far, by the name that the caller gave the conversation. Kept in this process alone, and lost with it. */

/** One entry of node-llama-cpp's history. */
export type Turn =
  | { type: "system"; text: string }
  | { type: "user"; text: string }
  | { type: "model"; response: unknown[] };

const MOST_CONVERSATIONS = 500;
/** Turns kept of each; the model looks back on less. */
const MOST_TURNS = 40;
/** Whoever knows the name goes on with the conversation, so a name that can be guessed is refused. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function createConversations() {
  const known = new Map<string, Turn[]>();
  return {
    /** The turns so far behind the system's words. Throws, in words for the caller, when the name is no UUID. */
    open(name: string, system: string): Turn[] {
      if (name !== "" && !UUID.test(name)) throw new Error("session_id has to be a UUID.");
      const said = known.get(name) ?? [];
      return [{ type: "system", text: system }, ...said];
    },
    keep(name: string, history: readonly Turn[]): void {
      if (name === "") return;
      // The one that was used last stands at the end, so the first is the one to forget.
      known.delete(name);
      known.set(name, history.filter(({ type }) => type !== "system").slice(-MOST_TURNS));
      const [oldest] = known.keys();
      if (known.size > MOST_CONVERSATIONS && oldest !== undefined) known.delete(oldest);
    },
  };
}
