/**
 * Faces: a Modelyard service. It loads its networks once and then answers requests, one JSON object a line: `run` comes on stdin;
 * `ready`, `progress`, `done` and `error` go out on stdout. The results are files in the run's output folder. Nothing is kept of a picture.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import sharp from "sharp";
import { type Face, loadAnalyser } from "./analyser.ts";

const MOST_PIXELS = 50_000_000;
/** Longest side that faces are looked for in; the network shrinks more than that itself. */
const LONGEST_SIDE = 1280;

interface Request {
  id: string;
  inputs: { inputImage: string; least?: number };
  outputDir: string;
}

const analyse = await loadAnalyser();

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
  try {
    say({ type: "progress", id, percentage: 0, task: "Looking for faces" });
    const { data, info } = await sharp(inputs.inputImage, { limitInputPixels: MOST_PIXELS })
      .autoOrient()
      .flatten({ background: "white" })
      .toColourspace("srgb")
      .resize(LONGEST_SIDE, LONGEST_SIDE, { fit: "inside", withoutEnlargement: true })
      .raw()
      .toBuffer({ resolveWithObject: true })
      .catch((error: Error) => {
        throw new Error(`The picture could not be read: ${error.message}`);
      });
    const { width, height } = info;
    const faces = await analyse({ pixels: data, width, height }, inputs.least ?? 0.5);
    await writeFile(join(outputDir, "faces.json"), `${JSON.stringify({ width, height, faces }, null, 2)}\n`);
    await sharp(data, { raw: { width, height, channels: 3 } })
      .composite([{ input: Buffer.from(drawing(width, height, faces)) }])
      .jpeg({ quality: 88 })
      .toFile(join(outputDir, "boxes.jpg"));
    say({ type: "done", id });
  } catch (error) {
    say({ type: "error", id, message: (error as Error).message });
  }
}

/** The boxes as an SVG of the picture's size. */
function drawing(width: number, height: number, faces: readonly Face[]): string {
  const line = Math.max(2, Math.round(Math.max(width, height) / 400));
  const boxes = faces.map(
    ({ box }) =>
      `<rect x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" fill="none" stroke="#e11d48" stroke-width="${line}"/>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${boxes.join("")}</svg>`;
}
