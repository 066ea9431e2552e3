/** Segment Anything 2: looks at a picture once, and then says for any point what it belongs to. */
import { join } from "node:path";
import ort from "onnxruntime-node";
import type { Point } from "./points.ts";

/** Sides of the square that the network looks at, and of the masks that it draws. */
export const SIDE = 1024;
export const MASK_SIDE = 256;
const MEAN = [0.485, 0.456, 0.406];
const DEVIATION = [0.229, 0.224, 0.225];

export interface Mask {
  /** Logits, MASK_SIDE × MASK_SIDE: above 0 it belongs to what is meant. */
  logits: Float32Array;
  /** The network's own guess at how well the mask fits, 0 to 1. */
  score: number;
}

export interface Segmenter {
  /** `pixels`: red, green and blue of SIDE × SIDE pixels. A few seconds. */
  look(pixels: Buffer): Promise<Record<string, unknown>>;
  /** A tenth of a second. */
  pick(seen: Record<string, unknown>, meant: readonly Point[], notMeant: readonly Point[]): Promise<Mask>;
}

export async function loadSegmenter(folder: string): Promise<Segmenter> {
  const open = (file: string) => ort.InferenceSession.create(join(folder, file), { logSeverityLevel: 3 });
  const [encoder, decoder] = [await open("encoder.ort"), await open("decoder.onnx")];

  return {
    async look(pixels) {
      const area = SIDE * SIDE;
      const planes = new Float32Array(3 * area);
      for (let i = 0; i < area; i++)
        for (let colour = 0; colour < 3; colour++)
          planes[colour * area + i] = (pixels[i * 3 + colour]! / 255 - MEAN[colour]!) / DEVIATION[colour]!;
      return encoder.run({ image: new ort.Tensor("float32", planes, [1, 3, SIDE, SIDE]) });
    },

    async pick(seen, meant, notMeant) {
      const points = [...meant, ...notMeant];
      const { masks, iou_predictions } = await decoder.run({
        ...seen,
        point_coords: new ort.Tensor("float32", Float32Array.from(points.flatMap(({ x, y }) => [x * SIDE, y * SIDE])), [
          1,
          points.length,
          2,
        ]),
        point_labels: new ort.Tensor(
          "float32",
          Float32Array.from(points, (_, i) => (i < meant.length ? 1 : 0)),
          [1, points.length],
        ),
        // No mask of an earlier round.
        mask_input: new ort.Tensor("float32", new Float32Array(MASK_SIDE * MASK_SIDE), [1, 1, MASK_SIDE, MASK_SIDE]),
        has_mask_input: new ort.Tensor("float32", Float32Array.of(0), [1]),
      });
      // Part, whole, or more: the one that the network trusts most.
      const scores = iou_predictions.data as Float32Array;
      const best = scores.reduce((winner, score, i) => (score > scores[winner]! ? i : winner), 0);
      const [height, width] = masks.dims.slice(-2) as [number, number];
      if (height !== MASK_SIDE || width !== MASK_SIDE) throw new Error(`The network drew ${width} × ${height} pixels.`);
      const logits = (masks.data as Float32Array).slice(best * height * width, (best + 1) * height * width);
      return { logits, score: Math.min(1, scores[best]!) };
    },
  };
}
