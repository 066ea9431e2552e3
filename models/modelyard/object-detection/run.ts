/**
 * Object Detection: a Modelyard service. It loads COCO-SSD once and then answers requests, one JSON object a line: `run` comes on
 * stdin; `ready`, `progress`, `done` and `error` go out on stdout. The results are files in the run's output folder.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import sharp from "sharp";
import { loadDetector } from "./detector.ts";
import { drawing } from "./drawing.ts";

const MOST_PIXELS = 50_000_000;
/** The network shrinks every picture to 300 × 300 itself; more than this only costs memory. */
const LONGEST_SIDE = 1024;

interface Request {
  id: string;
  inputs: { inputImage: string; threshold?: number; maxObjects?: number };
  outputDir: string;
}

const detect = await loadDetector(process.env.WEIGHTS_DIR ?? "weights");

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

async function answer({ id, inputs, outputDir }: Request): Promise<void> {
  const progress = (percentage: number, task: string) => say({ type: "progress", id, percentage, task });
  try {
    progress(0, "Reading the picture");
    const { data, info } = await read(inputs.inputImage);
    progress(30, "Looking for objects");
    const small = await sharp(data, { raw: { width: info.width, height: info.height, channels: 3 } })
      .resize(LONGEST_SIDE, LONGEST_SIDE, { fit: "inside", withoutEnlargement: true })
      .raw()
      .toBuffer({ resolveWithObject: true });
    const found = await detect({
      pixels: small.data,
      width: small.info.width,
      height: small.info.height,
      threshold: inputs.threshold ?? 0.5,
      most: inputs.maxObjects ?? 20,
    });
    progress(80, "Drawing boxes");
    const objects = found.map(({ label, score, box }) => ({
      label,
      score: Number(score.toFixed(3)),
      // As pixels of the picture that came in, turned upright.
      box: {
        x: Math.round(box.x * info.width),
        y: Math.round(box.y * info.height),
        width: Math.round(box.width * info.width),
        height: Math.round(box.height * info.height),
      },
    }));
    const result = { width: info.width, height: info.height, objects };
    await writeFile(join(outputDir, "objects.json"), `${JSON.stringify(result, null, 2)}\n`);
    await sharp(data, { raw: { width: info.width, height: info.height, channels: 3 } })
      .composite([{ input: Buffer.from(drawing(result)) }])
      .jpeg({ quality: 88 })
      .toFile(join(outputDir, "boxes.jpg"));
    say({ type: "done", id });
  } catch (error) {
    say({ type: "error", id, message: (error as Error).message });
  }
}

async function read(path: string) {
  try {
    return await sharp(path, { limitInputPixels: MOST_PIXELS })
      .autoOrient()
      .flatten({ background: "white" })
      .toColourspace("srgb")
      .raw()
      .toBuffer({ resolveWithObject: true });
  } catch (error) {
    throw new Error(`The picture could not be read: ${(error as Error).message}`);
  }
}
