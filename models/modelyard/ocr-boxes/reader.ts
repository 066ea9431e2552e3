/** PP-OCRv4, second network: reads one line of text, 48 pixels high. */
import { readFile } from "node:fs/promises";
import ort from "onnxruntime-node";
import { decode } from "./letters.ts";

/** Height of the lines that the network gets. */
export const LINE_HEIGHT = 48;

export type ReadLine = (line: { pixels: Buffer; width: number }) => Promise<{ text: string; score: number }>;

export async function loadReader(file: string, letters: string): Promise<ReadLine> {
  const session = await ort.InferenceSession.create(file, { logSeverityLevel: 3 });
  // 0 stands for "nothing new here"; the last one is the space.
  const alphabet = ["", ...(await readFile(letters, "utf8")).replace(/\n$/, "").split("\n"), " "];
  return async ({ pixels, width }) => {
    const area = width * LINE_HEIGHT;
    const planes = new Float32Array(3 * area);
    for (let i = 0; i < area; i++)
      for (let colour = 0; colour < 3; colour++) planes[colour * area + i] = pixels[i * 3 + colour]! / 127.5 - 1;
    const input = new ort.Tensor("float32", planes, [1, 3, LINE_HEIGHT, width]);
    const output = (await session.run({ [session.inputNames[0]!]: input }))[session.outputNames[0]!]!;
    return decode(output.data as Float32Array, alphabet);
  };
}
