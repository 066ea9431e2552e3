/**
 * Translate: a Modelyard service. It loads its network once and then answers requests, one JSON object a line: `run` and `cancel` come on stdin;
 * `ready`, `progress`, `done` with the translation, and `error` go out on stdout. Runs come one at a time.
 */
import { createInterface } from "node:readline";
import { env, pipeline } from "@huggingface/transformers";
import { joined, type Piece, sentences } from "./sentences.ts";

interface Request {
  id: string;
  inputs: { prompt: string; from?: string; to?: string };
}

/** Of a piece's translation; the network can say 1024. */
const MOST_TOKENS = 512;

env.allowRemoteModels = false;
env.localModelPath = process.env.WEIGHTS_DIR ?? "weights";
const translate = await pipeline("translation", "translate", { dtype: "q8", session_options: { logSeverityLevel: 3 } });
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
    const { prompt, from = "en", to = "es" } = inputs;
    if (prompt.trim() === "") throw new Error("There is nothing to translate.");
    const pieces = sentences(prompt, from);
    const translated: Piece[] = [];
    for (const [i, { text, behind }] of pieces.entries()) {
      stop.signal.throwIfAborted();
      say({ type: "progress", id, percentage: Math.floor((100 * i) / pieces.length), task: "Translating" });
      translated.push({ text: text === "" ? "" : await translation(text, from, to), behind });
    }
    say({ type: "done", id, text: joined(translated, to) });
  } catch (error) {
    say({ type: "error", id, message: (error as Error).message });
  } finally {
    running.delete(id);
  }
}

async function translation(text: string, from: string, to: string): Promise<string> {
  const options = { src_lang: from, tgt_lang: to, max_new_tokens: MOST_TOKENS };
  const [{ translation_text }] = await translate(text, options);
  return translation_text.trim();
}
