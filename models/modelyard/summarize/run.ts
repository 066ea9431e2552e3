/**
 * Summarize: a Modelyard service. It loads its network once and then answers requests, one JSON object a line: `run` comes on stdin;
 * `ready`, `done` with the summary, and `error` go out on stdout.
 */
import { createInterface } from "node:readline";
import { env, pipeline } from "@huggingface/transformers";

interface Request {
  id: string;
  inputs: { prompt: string; min_tokens?: number; max_tokens?: number };
  outputDir: string;
}

env.allowRemoteModels = false;
env.localModelPath = process.env.WEIGHTS_DIR ?? "weights";
const summarize = await pipeline("summarization", "summarize", {
  dtype: "q8",
  session_options: { logSeverityLevel: 3 },
});

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const request = JSON.parse(line);
    if (request.type === "run") void answer(request);
  })
  .on("close", () => process.exit());
say({ type: "ready" });

function say(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

async function answer({ id, inputs }: Request): Promise<void> {
  try {
    const { prompt, min_tokens = 20, max_tokens = 120 } = inputs;
    if (prompt.trim() === "") throw new Error("There is no text.");
    if (min_tokens > max_tokens) throw new Error("The shortest summary is longer than the longest.");
    const [{ summary_text }] = await summarize(prompt, { min_new_tokens: min_tokens, max_new_tokens: max_tokens });
    say({ type: "done", id, text: summary_text.trim() });
  } catch (error) {
    say({ type: "error", id, message: (error as Error).message });
  }
}
