/**
 * NSFW Gate: a Modelyard service. It loads its network once and then answers requests, one JSON object a line: `run` comes on
 * stdin; `ready`, `progress`, `done` with the verdict as JSON, and `error` go out on stdout.
 */
import { createInterface } from "node:readline";
import sharp from "sharp";
import { loadNetwork, SIDE } from "./network.ts";
import { sampleSquare } from "./sample-square.ts";
import { judge } from "./verdict.ts";

const MOST_PIXELS = 50_000_000;

interface Request {
  id: string;
  inputs: { inputImage: string; threshold?: number; strict?: boolean };
}

const look = await loadNetwork(process.env.WEIGHTS_DIR ?? "weights");

// A run is over within a second, so `cancel` needs no answer of its own.
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
    say({ type: "progress", id, percentage: 0, task: "Looking" });
    const verdict = judge(
      await look(sampleSquare(await read(inputs.inputImage), SIDE)),
      inputs.threshold ?? 0.6,
      inputs.strict ?? false,
    );
    say({ type: "done", id, text: JSON.stringify(verdict, null, 2) });
  } catch (error) {
    say({ type: "error", id, message: (error as Error).message });
  }
}

async function read(path: string): Promise<{ pixels: Buffer; width: number; height: number }> {
  try {
    const { data, info } = await sharp(path, { limitInputPixels: MOST_PIXELS })
      .autoOrient()
      .flatten({ background: "white" })
      .toColourspace("srgb")
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { pixels: data, width: info.width, height: info.height };
  } catch (error) {
    throw new Error(`The picture could not be read: ${(error as Error).message}`);
  }
}
