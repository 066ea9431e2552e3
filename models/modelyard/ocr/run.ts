/**
 * OCR: a Modelyard service. It loads Tesseract once and then answers requests, one JSON object a line: `run` and `cancel` come
 * on stdin; `ready`, `progress`, `done` with the text, and `error` go out on stdout.
 */
import { createInterface } from "node:readline";
import sharp from "sharp";
import { createWorker, PSM } from "tesseract.js";

const MOST_PIXELS = 50_000_000;
/** Small prints are read better enlarged: at this width a page's letters are about 30 pixels high. */
const GOOD_WIDTH = 1600;
const LSTM_ONLY = 1;
const LAYOUTS = { auto: PSM.AUTO, block: PSM.SINGLE_BLOCK, sparse: PSM.SPARSE_TEXT };

interface Request {
  id: string;
  inputs: { inputImage: string; layout?: keyof typeof LAYOUTS };
}

interface Reading {
  data: { text: string };
}

let reading: { id: string; stop: AbortController } | undefined;
let tesseract = await loadTesseract();

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const request = JSON.parse(line);
    if (request.type === "run") void answer(request);
    if (request.type === "cancel" && request.id === reading?.id) reading?.stop.abort(new Error("cancelled"));
  })
  .on("close", () => process.exit());
say({ type: "ready" });

function say(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

async function answer({ id, inputs }: Request): Promise<void> {
  const stop = new AbortController();
  reading = { id, stop };
  try {
    say({ type: "progress", id, percentage: 0, task: "Preparing the picture" });
    const picture = await prepare(inputs.inputImage);
    await tesseract.setParameters({ tessedit_pageseg_mode: LAYOUTS[inputs.layout ?? "auto"] });
    const { data } = await unlessStopped<Reading>(stop.signal, () => tesseract.recognize(picture));
    say({ type: "done", id, text: data.text.trim() });
  } catch (error) {
    if (stop.signal.aborted) {
      // Tesseract cannot be interrupted, only replaced.
      await tesseract.terminate();
      tesseract = await loadTesseract();
    }
    say({ type: "error", id, message: error instanceof Error ? error.message : String(error) });
  } finally {
    reading = undefined;
  }
}

/** Everything Tesseract needs comes from the weights folder; it is not to look for anything on the network. */
function loadTesseract() {
  return createWorker("eng", LSTM_ONLY, {
    langPath: process.env.WEIGHTS_DIR ?? "weights",
    cacheMethod: "none",
    logger({ status, progress }: { status: string; progress: number }) {
      if (!reading || status !== "recognizing text") return;
      say({ type: "progress", id: reading.id, percentage: Math.round(progress * 100), task: "Reading" });
    },
    errorHandler: () => {}, // `recognize` rejects as well
  });
}

/** Upright, grey, on white paper, and large enough to read. */
async function prepare(path: string): Promise<Buffer> {
  try {
    const picture = sharp(path, { limitInputPixels: MOST_PIXELS }).autoOrient();
    const { autoOrient } = await picture.metadata();
    const width = Math.max(autoOrient.width, Math.min(GOOD_WIDTH, autoOrient.width * 2));
    return await picture
      .flatten({ background: "white" })
      .greyscale()
      .resize({ width })
      .png({ compressionLevel: 1 })
      .toBuffer();
  } catch (error) {
    throw new Error(`The picture could not be read: ${(error as Error).message}`);
  }
}

/** Does the work, or throws as soon as the signal is aborted. */
function unlessStopped<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const stopped = new Promise<never>((_, reject) =>
    signal.addEventListener("abort", () => reject(signal.reason), { once: true }),
  );
  return Promise.race([work(), stopped]);
}
