/**
 * Chat: a Modelyard service. It loads its language model once and then answers requests, one JSON object a line: `run` and `cancel`
 * come on stdin; `ready`, `token` (the answer as it grows), `usage`, `done` and `error` go out on stdout. Runs come one at a time.
 */
import { createInterface } from "node:readline";
import { loadAssistant } from "./assistant.ts";
import { createConversations } from "./conversations.ts";

interface Request {
  id: string;
  inputs: {
    prompt: string;
    system_prompt?: string;
    session_id?: string;
    temperature?: number;
    top_p?: number;
    max_tokens?: number;
    seed?: number;
  };
}

const ask = await loadAssistant(process.env.WEIGHTS_DIR ?? "weights");
const conversations = createConversations();
const running = new Map<string, AbortController>();

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const request = JSON.parse(line);
    if (request.type === "run") void answer(request);
    if (request.type === "cancel") running.get(request.id)?.abort(new Error("cancelled"));
  })
  .on("close", () => process.exit());
say({ type: "ready" });

function say(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

async function answer({ id, inputs }: Request): Promise<void> {
  const stop = new AbortController();
  running.set(id, stop);
  try {
    const { prompt, system_prompt = "You are a helpful assistant.", session_id = "" } = inputs;
    if (prompt.trim() === "") throw new Error("There is nothing to answer.");
    const { history, tokens } = await ask({
      history: conversations.open(session_id, system_prompt),
      prompt,
      maxTokens: inputs.max_tokens ?? 256,
      temperature: inputs.temperature ?? 0.7,
      topP: inputs.top_p ?? 0.9,
      // 0 is another answer each time.
      seed: inputs.seed || undefined,
      signal: stop.signal,
      onText: (text) => say({ type: "token", id, text }),
    });
    conversations.keep(session_id, history);
    say({ type: "usage", id, tokens });
    say({ type: "done", id });
  } catch (error) {
    say({ type: "error", id, message: (error as Error).message });
  } finally {
    running.delete(id);
  }
}
