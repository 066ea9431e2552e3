/**
 * Summarize: a Modelyard service. It loads its network once and then answers requests, one JSON object a line: `run` and `cancel` come on stdin;
 * `ready`, `progress`, `done` with the summary, and `error` go out on stdout. Runs come one at a time.
 */
import { createInterface } from "node:readline";
import { BaseStreamer, env, pipeline } from "@huggingface/transformers";

interface Request {
  id: string;
  inputs: { prompt: string; min_tokens?: number; max_tokens?: number };
}

env.allowRemoteModels = false;
env.localModelPath = process.env.WEIGHTS_DIR ?? "weights";
const summarize = await pipeline("summarization", "summarize", {
  dtype: "q8",
  session_options: { logSeverityLevel: 3 },
});
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
    const { prompt, min_tokens = 20, max_tokens = 120 } = inputs;
    if (prompt.trim() === "") throw new Error("There is no text.");
    if (min_tokens > max_tokens) throw new Error("The shortest summary is longer than the longest.");
    let tokens = 0;
    const streamer = Object.assign(new BaseStreamer(), {
      // Throwing is the one way to stop the network between two tokens.
      put() {
        stop.signal.throwIfAborted();
        const percentage = Math.min(99, Math.floor((100 * tokens++) / max_tokens));
        say({ type: "progress", id, percentage, task: "Writing", step: tokens, total: max_tokens });
      },
      end() {},
    });
    const [{ summary_text }] = await summarize(prompt, {
      // The weights' own least length of 56 tokens would hold beside ours.
      min_length: 0,
      min_new_tokens: min_tokens,
      max_new_tokens: max_tokens,
      streamer,
    });
    say({ type: "done", id, text: summary_text.trim() });
  } catch (error) {
    say({ type: "error", id, message: (error as Error).message });
  } finally {
    running.delete(id);
  }
}
