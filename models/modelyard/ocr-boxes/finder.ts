/** PP-OCRv4, first network: for every fourth of the picture's pixels, how likely it lies in a line of text. */
import ort from "onnxruntime-node";
import { type Box, boxesOf } from "./boxes.ts";

const MEAN_COLOUR = [0.485, 0.456, 0.406];
const DEVIATION = [0.229, 0.224, 0.225];

export type FindLines = (picture: { pixels: Buffer; width: number; height: number }) => Promise<Box[]>;

/** Sides of the pictures that the network gets are multiples of this. */
export const STEP = 32;

export async function loadFinder(file: string): Promise<FindLines> {
  const session = await ort.InferenceSession.create(file, { logSeverityLevel: 3 });
  return async ({ pixels, width, height }) => {
    const area = width * height;
    const planes = new Float32Array(3 * area);
    for (let i = 0; i < area; i++)
      for (let colour = 0; colour < 3; colour++)
        planes[colour * area + i] = (pixels[i * 3 + colour]! / 255 - MEAN_COLOUR[colour]!) / DEVIATION[colour]!;
    const input = new ort.Tensor("float32", planes, [1, 3, height, width]);
    const results = await session.run({ [session.inputNames[0]!]: input });
    return boxesOf(results[session.outputNames[0]!]!.data as Float32Array, width, height);
  };
}
