/**
 * Caption: a Modelyard service. It loads its network once and then answers requests, one JSON object a line: `run` comes on stdin;
 * `ready`, `done` with the sentence, and `error` go out on stdout.
 */
import { createInterface } from "node:readline";
import { env, pipeline, RawImage } from "@huggingface/transformers";

interface Request {
  id: string;
  inputs: { inputImage: string; max_tokens?: number };
}

env.allowRemoteModels = false;
env.localModelPath = process.env.WEIGHTS_DIR ?? "weights";
const describe = await pipeline("image-to-text", "caption", { dtype: "q8", session_options: { logSeverityLevel: 3 } });

// A run is over within a few seconds, so `cancel` needs no answer of its own.
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
    const picture = await RawImage.read(inputs.inputImage).catch((error: Error) => {
      throw new Error(`The picture could not be read: ${error.message}`);
    });
    const [{ generated_text }] = await describe(picture, { max_new_tokens: inputs.max_tokens ?? 40 });
    say({ type: "done", id, text: generated_text.trim() });
  } catch (error) {
    say({ type: "error", id, message: (error as Error).message });
  }
}
