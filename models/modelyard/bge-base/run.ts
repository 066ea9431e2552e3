/**
 * BGE: a Modelyard service. It loads BGE once and then answers requests, one JSON object a line: `run` and `cancel`
 * come on stdin; `ready`, `progress`, `done` with JSON, and `error` go out on stdout.
 */
import { createInterface } from "node:readline";
import { env, pipeline } from "@huggingface/transformers";
import { rank } from "./rank.ts";

const MOST_TEXTS = 1000;
/** BGE was trained to expect these words in front of what is looked for, and in front of nothing else. */
const QUERY = "Represent this sentence for searching relevant passages: ";
/** Texts that go through the network together. */
const BATCH = 16;

interface Request {
  id: string;
  inputs: { prompt: string; query?: string; output?: "vectors" | "ranking" | "matrix" };
}

env.allowRemoteModels = false;
env.localModelPath = process.env.WEIGHTS_DIR ?? "weights";
const encoder = await pipeline("feature-extraction", "bge", {
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
    say({ type: "done", id, text: JSON.stringify(await compute(id, inputs, stop.signal)) });
  } catch (error) {
    say({ type: "error", id, message: (error as Error).message });
  } finally {
    running.delete(id);
  }
}

async function compute(id: string, inputs: Request["inputs"], signal: AbortSignal): Promise<unknown> {
  const texts = inputs.prompt
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  if (texts.length === 0) throw new Error("There is no text.");
  if (texts.length > MOST_TEXTS) throw new Error(`There are ${texts.length} texts; at most ${MOST_TEXTS} are taken.`);
  const query = inputs.query?.trim();
  const kind = inputs.output ?? "ranking";
  if (kind === "ranking" && !query) throw new Error("A ranking needs a query to compare the texts with.");

  const vectors: number[][] = [];
  for (let i = 0; i < texts.length; i += BATCH) {
    vectors.push(...(await encode(texts.slice(i, i + BATCH))));
    signal.throwIfAborted();
    say({ type: "progress", id, percentage: Math.floor((100 * vectors.length) / texts.length), task: "Reading" });
  }
  switch (kind) {
    case "vectors":
      return texts.map((text, i) => ({ text, vector: vectors[i]!.map((value) => Number(value.toFixed(6))) }));
    case "ranking":
      return rank((await encode([QUERY + (query ?? "")]))[0]!, texts, vectors);
    case "matrix":
      return {
        texts,
        similarity: vectors.map((vector) => rank(vector, texts, vectors, "as given").map((r) => r.similarity)),
      };
  }
}

/** Vectors of length 1, so that their dot product is the cosine of the angle between them. */
async function encode(texts: string[]): Promise<number[][]> {
  return (await encoder(texts, { pooling: "cls", normalize: true })).tolist();
}
