/**
 * Image to Video: a Modelyard service. It loads the depth network once and then answers requests, one JSON object a line: `run`
 * and `cancel` come on stdin; `ready`, `progress`, `done` and `error` go out on stdout. The video is left in the run's output folder.
 */
import { join } from "node:path";
import { createInterface } from "node:readline";
import sharp from "sharp";
import { readPrompt } from "./camera.ts";
import { FRAMES_PER_SECOND, render } from "./film.ts";
import { captionLayer, loadDepthNetwork, pictureScene, titleScene } from "./scene.ts";

/** The scene is drawn this much larger than the video, so that moving closer shows no coarse pixels. */
const OVERSIZE = 1.25;
const WIDEST = 2.4;

interface Request {
  id: string;
  inputs: { prompt: string; inputImageFirst?: string; duration?: string; resolution?: string; seed?: number };
  outputDir: string;
}

const depthOf = await loadDepthNetwork(process.env.WEIGHTS_DIR ?? "weights");
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

async function answer(request: Request): Promise<void> {
  const { id } = request;
  const stop = new AbortController();
  running.set(id, stop);
  try {
    await film(request, stop.signal);
    say({ type: "done", id });
  } catch (error) {
    say({ type: "error", id, message: stop.signal.aborted ? "cancelled" : (error as Error).message });
  } finally {
    running.delete(id);
  }
}

async function film({ id, inputs, outputDir }: Request, signal: AbortSignal): Promise<void> {
  const { prompt, inputImageFirst, duration = "4", resolution = "480p", seed = 1 } = inputs;
  const progress = (message: object) => say({ type: "progress", id, ...message });
  const shot = readPrompt(prompt, seed);
  const size = await videoSize(inputImageFirst, Number.parseInt(resolution, 10));
  const large = { width: even(size.width * OVERSIZE), height: even(size.height * OVERSIZE) };

  progress({ percentage: 0, task: inputImageFirst ? "Estimating depth" : "Drawing the title" });
  const scene = inputImageFirst
    ? await pictureScene(inputImageFirst, large, depthOf)
    : await titleScene(shot.caption ?? (shot.title || prompt), large, seed);
  // A title frame already shows the words.
  const caption = inputImageFirst && shot.caption ? await captionLayer(shot.caption, size) : undefined;

  const frames = Number(duration) * FRAMES_PER_SECOND;
  const started = performance.now();
  const onFrame = (done: number) => {
    if (done % 6 !== 0 && done !== frames) return;
    const elapsed = (performance.now() - started) / 1000;
    const speed = done / elapsed;
    const percentage = Math.floor((100 * done) / frames);
    const remaining = (frames - done) / speed;
    progress({
      percentage,
      task: "Rendering",
      step: done,
      total: frames,
      speed,
      speedType: "frames/s",
      elapsed,
      remaining,
    });
  };
  await render({
    scene,
    ...size,
    frames,
    caption,
    camera: shot.at,
    path: join(outputDir, "video.mp4"),
    signal,
    onFrame,
  });
}

/** The picture's own shape, or 16:9; the shorter side as asked for. */
async function videoSize(path: string | undefined, shorter: number): Promise<{ width: number; height: number }> {
  let shape = 16 / 9;
  if (path) {
    const { autoOrient } = await sharp(path)
      .metadata()
      .catch((error: Error) => {
        throw new Error(`The picture could not be read: ${error.message}`);
      });
    shape = Math.min(WIDEST, Math.max(1 / WIDEST, autoOrient.width / autoOrient.height));
  }
  return shape >= 1
    ? { width: even(shorter * shape), height: shorter }
    : { width: shorter, height: even(shorter / shape) };
}

/** Videos store one colour for two pixels, so their sides are even. */
function even(pixels: number): number {
  return Math.round(pixels / 2) * 2;
}
