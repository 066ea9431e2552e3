/**
 * OCR with boxes: a Modelyard service. It loads its networks once and then answers requests, one JSON object a line: `run` and
 * `cancel` come on stdin; `ready`, `progress`, `done` and `error` go out on stdout. The results are files in the run's output folder.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import sharp from "sharp";
import type { Box } from "./boxes.ts";
import { loadFinder, STEP } from "./finder.ts";
import { LINE_HEIGHT, loadReader } from "./reader.ts";

const MOST_PIXELS = 50_000_000;
/** Longest side of the picture in which lines are looked for; small print needs it large. */
const LONGEST_SIDE = 1536;
/** Width of the longest line that is read, in pixels at a height of 48. */
const LONGEST_LINE = 3000;

interface Request {
  id: string;
  inputs: { inputImage: string; least?: number; boxes?: boolean };
  outputDir: string;
}
interface Line {
  text: string;
  score: number;
  box: Box;
}

const folder = process.env.WEIGHTS_DIR ?? "weights";
const findLines = await loadFinder(join(folder, "find.onnx"));
const readLine = await loadReader(join(folder, "read.onnx"), join(folder, "letters.txt"));
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

async function answer({ id, inputs, outputDir }: Request): Promise<void> {
  const stop = new AbortController();
  running.set(id, stop);
  const progress = (percentage: number, task: string) => say({ type: "progress", id, percentage, task });
  try {
    progress(0, "Reading the picture");
    const { data, info } = await read(inputs.inputImage);
    const picture = () => sharp(data, { raw: { width: info.width, height: info.height, channels: 3 } });
    progress(10, "Looking for lines");
    const boxes = await find(picture(), info);
    const lines: Line[] = [];
    for (const [i, box] of boxes.entries()) {
      stop.signal.throwIfAborted();
      progress(20 + Math.floor((75 * i) / boxes.length), "Reading lines");
      const width = Math.min(LONGEST_LINE, Math.max(16, Math.round((box.width / box.height) * LINE_HEIGHT)));
      const pixels = await picture()
        .extract({ left: box.x, top: box.y, width: box.width, height: box.height })
        .resize(width, LINE_HEIGHT, { fit: "fill" })
        .raw()
        .toBuffer();
      const { text, score } = await readLine({ pixels, width });
      if (text !== "" && score >= (inputs.least ?? 0.5)) lines.push({ text, score: Number(score.toFixed(3)), box });
    }
    const result = { width: info.width, height: info.height, lines };
    await writeFile(join(outputDir, "text.json"), `${JSON.stringify(result, null, 2)}\n`);
    await writeFile(join(outputDir, "text.txt"), lines.map(({ text }) => `${text}\n`).join(""));
    if (inputs.boxes ?? true)
      await picture()
        .composite([{ input: Buffer.from(drawing(result)) }])
        .jpeg({ quality: 88 })
        .toFile(join(outputDir, "boxes.jpg"));
    say({ type: "done", id });
  } catch (error) {
    say({ type: "error", id, message: (error as Error).message });
  } finally {
    running.delete(id);
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

/** Boxes in pixels of the picture. */
async function find(picture: ReturnType<typeof sharp>, size: { width: number; height: number }): Promise<Box[]> {
  const factor = Math.min(1, LONGEST_SIDE / Math.max(size.width, size.height));
  const side = (length: number) => Math.max(STEP, Math.round((length * factor) / STEP) * STEP);
  const [width, height] = [side(size.width), side(size.height)];
  const pixels = await picture.resize(width, height, { fit: "fill" }).raw().toBuffer();
  const [dx, dy] = [size.width / width, size.height / height];
  return (await findLines({ pixels, width, height })).map((box) => {
    const [x, y] = [Math.floor(box.x * dx), Math.floor(box.y * dy)];
    return {
      x,
      y,
      width: Math.max(1, Math.min(size.width, Math.ceil((box.x + box.width) * dx)) - x),
      height: Math.max(1, Math.min(size.height, Math.ceil((box.y + box.height) * dy)) - y),
    };
  });
}

/** The boxes as an SVG of the picture's size. */
function drawing({ width, height, lines }: { width: number; height: number; lines: readonly Line[] }): string {
  const stroke = Math.max(1, Math.round(Math.max(width, height) / 600));
  const boxes = lines.map(
    ({ box }) =>
      `<rect x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" fill="none" stroke="#e11d48" stroke-width="${stroke}"/>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${boxes.join("")}</svg>`;
}
