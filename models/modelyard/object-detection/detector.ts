/** COCO-SSD: one look at the picture, 1917 boxes that might hold something, and how much each looks like each of 90 kinds. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as wasm from "@tensorflow/tfjs-backend-wasm";
import { loadGraphModel } from "@tensorflow/tfjs-converter";
import * as tf from "@tensorflow/tfjs-core";
import { KINDS } from "./kinds.ts";

/** Of two boxes that share more than this part of their area, one is enough. */
const SAME = 0.5;

export interface Found {
  label: string;
  score: number;
  /** Parts of the picture's width and height. */
  box: { x: number; y: number; width: number; height: number };
}

export async function loadDetector(folder: string) {
  // More threads need workers that keep the process from ending; the network takes 0.1 s on one.
  wasm.setThreadsCount(1);
  await tf.setBackend("wasm");
  await tf.ready();
  const { modelTopology, weightsManifest } = JSON.parse(await readFile(join(folder, "model.json"), "utf8"));
  const [group] = weightsManifest;
  const shards = await Promise.all(group.paths.map((path: string) => readFile(join(folder, path))));
  const weightData = new Uint8Array(Buffer.concat(shards)).buffer;
  const network = await loadGraphModel({
    load: async () => ({ modelTopology, weightSpecs: group.weights, weightData }),
  });

  return async (options: {
    /** Red, green and blue of each pixel, row by row. */
    pixels: Buffer;
    width: number;
    height: number;
    threshold: number;
    most: number;
  }): Promise<Found[]> => {
    const { pixels, width, height, threshold, most } = options;
    const input = tf.tensor4d(Int32Array.from(pixels), [1, height, width, 3], "int32");
    const outputs = await network.executeAsync(input);
    const [scores, boxes] = [await outputs[0].data(), await outputs[1].data()];
    const kinds = outputs[0].shape[2];
    const count = outputs[0].shape[1];
    tf.dispose([input, ...outputs]);

    const best = Array.from({ length: count }, (_, i) => {
      const row = scores.subarray(i * kinds, (i + 1) * kinds);
      const score = row.reduce((a: number, b: number) => Math.max(a, b), 0);
      return { score, kind: row.indexOf(score) + 1, corners: boxes.subarray(i * 4, i * 4 + 4) };
    });
    const likely = best
      .filter(({ score, kind }) => score >= threshold && KINDS[kind])
      .sort((a, b) => b.score - a.score);
    const kept: typeof likely = [];
    for (const one of likely) {
      if (kept.length >= most) break;
      if (!kept.some((other) => overlap(one.corners, other.corners) > SAME)) kept.push(one);
    }
    return kept.map(({ score, kind, corners }) => {
      const [top, left, bottom, right] = [...corners].map((value: number) => Math.min(1, Math.max(0, value)));
      const box = { x: left!, y: top!, width: right! - left!, height: bottom! - top! };
      return { label: KINDS[kind] ?? "", score, box };
    });
  };
}

/** Shared area of two boxes, as a part of what they cover together. */
function overlap(a: Float32Array, b: Float32Array): number {
  const tall = Math.min(a[2]!, b[2]!) - Math.max(a[0]!, b[0]!);
  const wide = Math.min(a[3]!, b[3]!) - Math.max(a[1]!, b[1]!);
  if (tall <= 0 || wide <= 0) return 0;
  const area = (box: Float32Array) => (box[2]! - box[0]!) * (box[3]! - box[1]!);
  return (tall * wide) / (area(a) + area(b) - tall * wide);
}
