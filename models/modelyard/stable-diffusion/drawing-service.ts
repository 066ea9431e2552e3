/**
 * A Modelyard service that draws pictures: it answers requests, one JSON object a line: `run` and `cancel` come on stdin; `ready`, `progress`,
 * `log`, `done` and `error` go out on stdout. The results are PNG files in the run's output folder, named by their seeds. Runs come one at a time.
 */
import { randomInt } from "node:crypto";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Conditioner, type Draw, PIXELS, type Size } from "./diffusion.ts";
import { MOST_SEED } from "./noise.ts";
import { readPicture, writePicture } from "./pictures.ts";

interface Inputs {
  prompt: string;
  negativePrompt?: string;
  inputImage?: string;
  strength?: number;
  steps?: number;
  scale?: number;
  samples?: number;
  seed?: number | string;
  width?: number;
  height?: number;
}
interface Request {
  id: string;
  inputs: Inputs;
  outputDir: string;
}

export interface Model {
  draw: Draw;
  condition: Conditioner;
  /** What is taken where the request does not say. */
  defaults: { steps: number; scale: number; strength: number; size: number };
}

const LEAST_SIDE = 64;
const MOST_SIDE = 2048;

/** Loads the model, says that it is ready, and answers until stdin ends. What cannot be loaded ends the process, with the reason on stderr. */
export async function serveDrawings(load: () => Promise<Model>): Promise<void> {
  const model = await load().catch((error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
  const running = new Map<string, AbortController>();
  createInterface({ input: process.stdin })
    .on("line", (line) => {
      const request = JSON.parse(line);
      if (request.type === "cancel") running.get(request.id)?.abort(new Error("cancelled"));
      if (request.type !== "run") return;
      const stop = new AbortController();
      running.set(request.id, stop);
      void answer(model, request, stop.signal).finally(() => running.delete(request.id));
    })
    .on("close", () => process.exit());
  say({ type: "ready" });
}

function say(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

async function answer(model: Model, { id, inputs, outputDir }: Request, signal: AbortSignal): Promise<void> {
  try {
    const { defaults } = model;
    const { prompt, negativePrompt = "", steps = defaults.steps, scale = defaults.scale, samples = 1 } = inputs;
    if (prompt.trim() === "") throw new Error("There is no description of a picture.");
    const size = { width: side(inputs.width, defaults, "width"), height: side(inputs.height, defaults, "height") };
    const first = seedOf(inputs.seed);
    const { strength = defaults.strength } = inputs;
    const from = inputs.inputImage ? { planes: await readPicture(inputs.inputImage, size), strength } : undefined;

    say({ type: "progress", id, percentage: 0, task: "Reading the text" });
    // At 1 and below, guidance would lead to the wanted alone or away from it: half of the work is saved.
    const condition = await model.condition({ prompt, negativePrompt, size, guided: scale > 1 });
    if (condition.cut)
      say({ type: "log", id, text: "The text is longer than 75 tokens; the rest of it was not read.\n" });
    for (let i = 0; i < samples; i++) {
      const seed = (first + i) % (MOST_SEED + 1);
      const planes = await model.draw({
        ...{ condition, size, steps, scale, seed, from, signal },
        onStep(done, of) {
          const percentage = Math.floor((99 * (i + done / of)) / samples);
          say({ type: "progress", id, percentage, task: "Drawing", step: i * of + done, total: samples * of });
        },
      });
      await writePicture(planes, size, join(outputDir, `picture-${seed}.png`));
      say({ type: "log", id, text: `picture-${seed}.png: seed ${seed}\n` });
    }
    say({ type: "done", id });
  } catch (error) {
    say({ type: "error", id, message: (error as Error).message });
  }
}

function side(given: number | undefined, { size }: { size: number }, which: keyof Size): number {
  const pixels = given ?? size;
  if (pixels % PIXELS !== 0) throw new Error(`The ${which} has to be a multiple of ${PIXELS}, not ${pixels}.`);
  if (pixels < LEAST_SIDE || pixels > MOST_SIDE)
    throw new Error(`The ${which} has to be from ${LEAST_SIDE} to ${MOST_SIDE} pixels, not ${pixels}.`);
  return pixels;
}

/** None, an empty one and one below 0 stand for any. */
function seedOf(given: number | string | undefined): number {
  const seed = given === undefined || given === "" ? -1 : Number(given);
  if (!Number.isInteger(seed) || seed > MOST_SEED)
    throw new Error(`The seed has to be a whole number up to ${MOST_SEED}, not ${given}.`);
  return seed < 0 ? randomInt(MOST_SEED + 1) : seed;
}
