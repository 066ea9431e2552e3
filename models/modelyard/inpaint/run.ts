/**
 * Inpaint: a Modelyard service. It loads its network once and then answers requests, one JSON object a line: `run` comes on stdin;
 * `ready`, `progress`, `done` and `error` go out on stdout. The result is a file in the run's output folder.
 */
import { join } from "node:path";
import { createInterface } from "node:readline";
import sharp from "sharp";
import { grow } from "./grow.ts";
import { loadPainter } from "./painter.ts";

const MOST_PIXELS = 12_000_000;

interface Request {
  id: string;
  inputs: { inputImage: string; inputMask: string; grow?: number };
  outputDir: string;
}

const fill = await loadPainter(process.env.WEIGHTS_DIR ?? "weights");

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
    progress(0, "Reading the pictures");
    const { data: pixels, info } = await open(inputs.inputImage, "picture")
      .flatten({ background: "white" })
      .toColourspace("srgb")
      .raw()
      .toBuffer({ resolveWithObject: true })
      .catch((error: Error) => unreadable("picture", error));
    const { width, height } = info;
    if (width * height > MOST_PIXELS)
      throw new Error(`The picture has ${width} × ${height} pixels; at most 12 megapixels are taken.`);
    const holes = grow(await holesOf(inputs.inputMask, { width, height }), width, height, inputs.grow ?? 4);
    if (!holes.some((value) => value > 0)) throw new Error("The mask is empty: paint what is to be filled in white.");
    if (holes.every((value) => value > 0))
      throw new Error("The mask covers the whole picture: nothing is left to go by.");
    progress(20, "Filling in");
    const result = await fill({ width, height, pixels }, holes);
    progress(90, "Writing the picture");
    await sharp(result, { raw: { width, height, channels: 3 } })
      .png({ compressionLevel: 7 })
      .toFile(join(outputDir, "inpainted.png"));
    say({ type: "done", id });
  } catch (error) {
    say({ type: "error", id, message: (error as Error).message });
  }
}

function open(path: string, what: string): ReturnType<typeof sharp> {
  try {
    return sharp(path, { limitInputPixels: 50_000_000 }).autoOrient();
  } catch (error) {
    return unreadable(what, error as Error);
  }
}

function unreadable(what: string, error: Error): never {
  throw new Error(`The ${what} could not be read: ${error.message}`);
}

/** The mask in the picture's size: what is not darker than middle grey and not transparent. */
async function holesOf(path: string, { width, height }: { width: number; height: number }): Promise<Buffer> {
  return open(path, "mask")
    .flatten({ background: "black" })
    .toColourspace("b-w")
    .resize(width, height, { fit: "fill", kernel: "nearest" })
    .threshold(128)
    .extractChannel(0)
    .raw()
    .toBuffer()
    .catch((error: Error) => unreadable("mask", error));
}
