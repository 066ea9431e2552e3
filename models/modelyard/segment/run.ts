/**
 * Segment by Click: a Modelyard service. It loads its networks once and then answers requests, one JSON object a line: `run` comes on
 * stdin; `ready`, `progress`, `log`, `done` and `error` go out on stdout. The results are files in the run's output folder.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import sharp from "sharp";
import { readPoints } from "./points.ts";
import { loadSegmenter, MASK_SIDE, SIDE } from "./segmenter.ts";

const MOST_PIXELS = 50_000_000;

interface Request {
  id: string;
  inputs: { inputImage: string; points: string; not?: string };
  outputDir: string;
}

const segmenter = await loadSegmenter(process.env.WEIGHTS_DIR ?? "weights");
/** What was seen in the last picture, by its hash: the next click on it needs no second look. */
let last: { hash: string; seen: Record<string, unknown> } | undefined;

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

async function answer({ id, inputs, outputDir }: Request): Promise<void> {
  const progress = (percentage: number, task: string) => say({ type: "progress", id, percentage, task });
  try {
    const [meant, notMeant] = [readPoints(inputs.points), readPoints(inputs.not ?? "")];
    if (meant.length === 0) throw new Error("There is no point: pick at least one on what is meant.");
    progress(0, "Reading the picture");
    const { data, info } = await open(inputs.inputImage).raw().toBuffer({ resolveWithObject: true }).catch(unreadable);
    const { width, height } = info;
    const hash = createHash("sha256")
      .update(await readFile(inputs.inputImage))
      .digest("hex");
    if (last?.hash !== hash) {
      progress(10, "Looking at it");
      const pixels = await sharp(data, { raw: { width, height, channels: 3 } })
        .resize(SIDE, SIDE, { fit: "fill" })
        .raw()
        .toBuffer();
      last = { hash, seen: await segmenter.look(pixels) };
    }
    progress(80, "Cutting it out");
    const { logits, score } = await segmenter.pick(last.seen, meant, notMeant);
    say({ type: "log", id, text: `fits with ${Math.round(score * 100)} % by the network's own guess\n` });
    // The edge lies at 0: enlarged as a slope around it, it comes out smooth.
    const slope = Buffer.from(Uint8Array.from(logits, (value) => Math.min(255, Math.max(0, 127.5 + value * 32))));
    const alpha = await sharp(slope, { raw: { width: MASK_SIDE, height: MASK_SIDE, channels: 1 } })
      .resize(width, height, { fit: "fill", kernel: "cubic" })
      .threshold(128)
      .extractChannel(0)
      .raw()
      .toBuffer();
    await sharp(alpha, { raw: { width, height, channels: 1 } })
      .png()
      .toFile(join(outputDir, "mask.png"));
    await sharp(data, { raw: { width, height, channels: 3 } })
      .joinChannel(alpha, { raw: { width, height, channels: 1 } })
      .png()
      .toFile(join(outputDir, "cutout.png"));
    say({ type: "done", id });
  } catch (error) {
    say({ type: "error", id, message: (error as Error).message });
  }
}

function open(path: string): ReturnType<typeof sharp> {
  return sharp(path, { limitInputPixels: MOST_PIXELS })
    .autoOrient()
    .flatten({ background: "white" })
    .toColourspace("srgb");
}

function unreadable(error: Error): never {
  throw new Error(`The picture could not be read: ${error.message}`);
}
