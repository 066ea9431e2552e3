/**
 * Remove Background: a Modelyard service. It loads its networks once and then answers requests, one JSON object a line:
 * `run` comes on stdin; `ready`, `progress`, `done` and `error` go out on stdout. The result is a file in the run's output folder.
 */
import { join } from "node:path";
import { createInterface } from "node:readline";
import sharp from "sharp";
import { loadNetworks, type Subject } from "./mattes.ts";

const MOST_PIXELS = 50_000_000;

type Picture = ReturnType<typeof sharp>;

interface Request {
  id: string;
  inputs: { inputImage: string; subject?: Subject };
  outputDir: string;
}

const matteOf = await loadNetworks(process.env.WEIGHTS_DIR ?? "weights");

// A run is over in about a second, so `cancel` needs no answer of its own: it is finished before the worker loses patience.
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
    const picture = await open(inputs.inputImage);
    progress(20, "Finding the subject");
    const matte = await matteOf(inputs.subject ?? "anything", picture);
    progress(70, "Cutting it out");
    await cutOut(picture, matte, join(outputDir, "cutout.png"));
    progress(100, "Done");
    say({ type: "done", id });
  } catch (error) {
    say({ type: "error", id, message: (error as Error).message });
  }
}

async function open(path: string): Promise<Picture> {
  const picture = sharp(path, { limitInputPixels: MOST_PIXELS }).autoOrient().toColourspace("srgb");
  const { width, height } = await picture.metadata().catch((error: Error) => {
    throw new Error(`The picture could not be read: ${error.message}`);
  });
  if (width * height > MOST_PIXELS)
    throw new Error(`The picture has ${width} × ${height} pixels; at most 50 megapixels are taken.`);
  return picture;
}

/** Gives the picture the matte as its alpha channel. What was transparent before stays so. */
async function cutOut(
  picture: Picture,
  matte: { data: Buffer; width: number; height: number },
  path: string,
): Promise<void> {
  const { data, info } = await picture.clone().ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  const alpha = await sharp(matte.data, { raw: { width: matte.width, height: matte.height, channels: 1 } })
    .resize(info.width, info.height, { fit: "fill", kernel: "cubic" })
    .extractChannel(0)
    .raw()
    .toBuffer();
  for (let i = 0; i < alpha.length; i++) data[i * 4 + 3] = Math.round((data[i * 4 + 3]! * alpha[i]!) / 255);
  await sharp(data, { raw: { width: info.width, height: info.height, channels: 4 } })
    .png()
    .toFile(path);
}
