/** Basic Pitch: hears two seconds at a time and says, 86 times a second, which of 88 keys sound and which begin. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as wasm from "@tensorflow/tfjs-backend-wasm";
import { loadGraphModel } from "@tensorflow/tfjs-converter";
import * as tf from "@tensorflow/tfjs-core";

/** Samples a second that the network takes. */
export const SAMPLE_RATE = 22_050;
/** The lowest of the keys, A0, in MIDI's count. */
export const LOWEST_KEY = 21;
export const KEYS = 88;

/** Samples between two frames of the result. */
const HOP = 256;
/** Samples that the network takes in at once, and frames that it answers with. */
const WINDOW = 2 * SAMPLE_RATE - HOP;
const FRAMES = 172;
/** Frames at either end of a window that know too little of what is around them and are left out. */
const EDGE = 15;
const STEP = WINDOW - 2 * EDGE * HOP;

/** One moment: what part of each key, 0 to 1, sounds and begins. */
export interface Frame {
  /** Seconds from the beginning of the recording. */
  time: number;
  sounds: Float32Array;
  begins: Float32Array;
}

export type Listen = (
  audio: Float32Array,
  options: { signal: AbortSignal; onSeconds(seconds: number): void },
) => Promise<Frame[]>;

export async function loadNetwork(folder: string): Promise<Listen> {
  // More threads need workers that keep the process from ending.
  wasm.setThreadsCount(1);
  await tf.setBackend("wasm");
  await tf.ready();
  const { modelTopology, weightsManifest, signature } = JSON.parse(await readFile(join(folder, "model.json"), "utf8"));
  const [group] = weightsManifest;
  const weightData = new Uint8Array(await readFile(join(folder, group.paths[0]))).buffer;
  const network = await loadGraphModel({
    load: async () => ({ modelTopology, weightSpecs: group.weights, weightData, signature }),
  });

  return async (audio, { signal, onSeconds }) => {
    const frames: Frame[] = [];
    const length = audio.length / SAMPLE_RATE;
    for (let from = 0; from < audio.length; from += STEP) {
      // Between two windows, so that a cancel on stdin is heard.
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
      const window = new Float32Array(WINDOW);
      const start = from - EDGE * HOP;
      window.set(audio.subarray(Math.max(0, start), start + WINDOW), Math.max(0, -start));
      const input = tf.tensor3d(window, [1, WINDOW, 1]);
      const outputs = network.execute(input, ["Identity_1", "Identity_2"]);
      const [sounds, begins] = [await outputs[0].data(), await outputs[1].data()];
      tf.dispose([input, ...outputs]);
      for (let i = EDGE; i < FRAMES - EDGE; i++) {
        const time = (start + i * HOP) / SAMPLE_RATE;
        const next = (from + STEP) / SAMPLE_RATE;
        if (time >= Math.min(next, length)) break;
        frames.push({
          time,
          sounds: sounds.slice(i * KEYS, (i + 1) * KEYS),
          begins: begins.slice(i * KEYS, (i + 1) * KEYS),
        });
      }
      onSeconds(Math.min(length, (from + STEP) / SAMPLE_RATE));
    }
    return frames;
  };
}
