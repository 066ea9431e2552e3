/** The network of UpscalerJS: a residual dense network that learned what shrinking takes away from photographs. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as wasm from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { loadLayersModel } from "@tensorflow/tfjs-layers";
import type { Network } from "./enlarge.ts";

export async function loadNetwork(folder: string): Promise<Network> {
  // More threads need workers that keep the process from ending.
  wasm.setThreadsCount(1);
  await tf.setBackend("wasm");
  await tf.ready();
  const { modelTopology, weightsManifest } = JSON.parse(await readFile(join(folder, "model.json"), "utf8"));
  const weightData = new Uint8Array(await readFile(join(folder, "group1-shard1of1.bin"))).buffer;
  const model = await loadLayersModel({
    load: async () => ({ modelTopology, weightSpecs: weightsManifest[0].weights, weightData }),
  });

  return async (pixels, width, height) => {
    const larger = tf.tidy(() => {
      const input = tf.div(tf.tensor4d(Float32Array.from(pixels), [1, height, width, 3]), 255);
      return tf.round(tf.mul(tf.clipByValue(model.predict(input), 0, 1), 255));
    });
    const values = await larger.data();
    larger.dispose();
    return Uint8Array.from(values);
  };
}
