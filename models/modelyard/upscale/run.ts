/**
 * Upscale: a Modelyard service. It loads its network once and then answers requests, one JSON object a line: `run` and `cancel`
 * come on stdin; `ready`, `progress`, `done` and `error` go out on stdout. The result is a file in the run's output folder.
 */
import { join } from "node:path";
import { createInterface } from "node:readline";
import sharp from "sharp";
import { enlarge, SCALE } from "./enlarge.ts";
import { loadNetwork } from "./network.ts";

/** What a minute of one core is enough for. */
const MOST_PIXELS = 1_500_000;

interface Request {
  id: string;
  inputs: { inputImage: string; format?: "png" | "jpeg" | "webp" };
  outputDir: string;
}

const network = await loadNetwork(process.env.WEIGHTS_DIR ?? "weights");
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
  const onProgress = (part: number) =>
    say({ type: "progress", id, percentage: Math.floor(part * 100), task: "Enlarging" });
  try {
    onProgress(0);
    const { colours, alpha, width, height } = await read(inputs.inputImage);
    const larger = await enlarge({ pixels: colours, width, height, network, signal: stop.signal, onProgress });
    const size = { width: width * SCALE, height: height * SCALE };
    let picture = sharp(larger, { raw: { ...size, channels: 3 } });
    if (alpha) {
      const soft = await sharp(alpha, { raw: { width, height, channels: 1 } })
        .resize(size.width, size.height, { fit: "fill", kernel: "cubic" })
        .extractChannel(0)
        .raw()
        .toBuffer();
      picture = picture.joinChannel(soft, { raw: { ...size, channels: 1 } });
    }
    const format = inputs.format ?? "png";
    if (format === "jpeg") picture = picture.flatten({ background: "white" });
    await picture.toFormat(format, { quality: 92 }).toFile(join(outputDir, `upscaled.${format}`));
    say({ type: "done", id });
  } catch (error) {
    say({ type: "error", id, message: (error as Error).message });
  } finally {
    running.delete(id);
  }
}

/** The picture upright, its colours and, where it has one, its alpha apart: the network knows three colours only. */
async function read(path: string) {
  const picture = sharp(path).autoOrient().toColourspace("srgb");
  const { autoOrient, hasAlpha } = await picture.metadata().catch((error: Error) => {
    throw new Error(`The picture could not be read: ${error.message}`);
  });
  const { width, height } = autoOrient;
  if (width * height > MOST_PIXELS)
    throw new Error(`The picture has ${width} × ${height} pixels; at most 1.5 megapixels are taken.`);
  return {
    width,
    height,
    colours: await picture.clone().removeAlpha().raw().toBuffer(),
    alpha: hasAlpha ? await picture.clone().extractChannel("alpha").raw().toBuffer() : undefined,
  };
}
