/**
 * Depth: a Modelyard service. It loads its network once and then answers requests, one JSON object a line: `run` comes on stdin;
 * `ready`, `done` and `error` go out on stdout. The results are files in the run's output folder.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { env, pipeline, RawImage } from "@huggingface/transformers";

interface Request {
  id: string;
  inputs: { inputImage: string };
  outputDir: string;
}

env.allowRemoteModels = false;
env.localModelPath = process.env.WEIGHTS_DIR ?? "weights";
const estimate = await pipeline("depth-estimation", "depth", { dtype: "q8", session_options: { logSeverityLevel: 3 } });

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

async function answer({ id, inputs, outputDir }: Request): Promise<void> {
  try {
    const picture = await RawImage.read(inputs.inputImage).catch((error: Error) => {
      throw new Error(`The picture could not be read: ${error.message}`);
    });
    // Near is light. The network knows no metres: the nearest point is 255, the farthest 0.
    const { depth, predicted_depth } = await estimate(picture);
    await depth.save(join(outputDir, "depth.png"));
    const { data, dims } = predicted_depth;
    const [low, high] = range(data as Float32Array);
    const summary = { width: picture.width, height: picture.height, network: dims.slice(-2), low, high };
    await writeFile(join(outputDir, "depth.json"), `${JSON.stringify(summary, null, 2)}\n`);
    say({ type: "done", id });
  } catch (error) {
    say({ type: "error", id, message: (error as Error).message });
  }
}

function range(values: Float32Array): [number, number] {
  return values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)] as [number, number], [
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ] as [number, number]);
}
