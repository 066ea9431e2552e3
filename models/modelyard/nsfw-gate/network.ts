/** NSFWJS's smaller network: which of five kinds a picture of 224 × 224 pixels is. */
import { createRequire } from "node:module";
import { join } from "node:path";
import * as wasm from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { loadLayersModel } from "@tensorflow/tfjs-layers";
import type { Scores } from "./verdict.ts";

/** Side of the square that the network looks at. */
export const SIDE = 224;

/** `square`: red, green and blue, 0 to 1, of SIDE × SIDE pixels. */
export type Judge = (square: Float32Array) => Promise<Scores>;

export async function loadNetwork(folder: string): Promise<Judge> {
  // More threads need workers that keep the process from ending; the network takes 0.05 s on one.
  wasm.setThreadsCount(1);
  await tf.setBackend("wasm");
  await tf.ready();
  // The package ships its weights as two scripts: one returns the description, the other all numbers in base64.
  const open = createRequire(import.meta.url);
  const { modelTopology, weightsManifest } = open(join(folder, "model.cjs"));
  const weightData = new Uint8Array(Buffer.from(open(join(folder, "weights.cjs")), "base64")).buffer;
  const weightSpecs = weightsManifest[0].weights;
  const network = await loadLayersModel({ load: async () => ({ modelTopology, weightSpecs, weightData }) });

  return async (square) => {
    const output = tf.tidy(() => network.predict(tf.tensor4d(square, [1, SIDE, SIDE, 3])));
    const [drawing, hentai, neutral, porn, sexy] = await output.data();
    tf.dispose(output);
    return { drawing, hentai, neutral, porn, sexy };
  };
}
