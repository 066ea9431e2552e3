/**
 * Translate: a Modelyard service. It loads its network once and then answers requests, one JSON object a line: `run` comes on stdin;
 * `ready`, `progress`, `done` with the translation, and `error` go out on stdout.
 */
import { createInterface } from "node:readline";
import { env, pipeline } from "@huggingface/transformers";

interface Request {
  id: string;
  inputs: { prompt: string; from?: string; to?: string };
  outputDir: string;
}

env.allowRemoteModels = false;
env.localModelPath = process.env.WEIGHTS_DIR ?? "weights";
const translate = await pipeline("translation", "translate", { dtype: "q8", session_options: { logSeverityLevel: 3 } });

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
    const { prompt, from = "en", to = "es" } = inputs;
    if (prompt.trim() === "") throw new Error("There is nothing to translate.");
    // Sentence by sentence: the network was trained on single ones, and leaves out parts of long texts. Line breaks stay.
    const pieces = prompt.split(/(\n+|(?<=[.!?…])\s+)/u);
    let text = "";
    for (const [i, piece] of pieces.entries()) {
      if (i % 2 === 1 || piece.trim() === "") {
        text += piece;
        continue;
      }
      say({ type: "progress", id, percentage: Math.floor((100 * i) / pieces.length), task: "Translating" });
      const [{ translation_text }] = await translate(piece, { src_lang: from, tgt_lang: to });
      text += translation_text;
    }
    say({ type: "done", id, text });
  } catch (error) {
    say({ type: "error", id, message: (error as Error).message });
  }
}
