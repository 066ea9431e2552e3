/** MI-GAN: fills holes in a picture with what might have been there. */
import { join } from "node:path";
import ort from "onnxruntime-node";

export interface Picture {
  width: number;
  height: number;
  /** Red, green and blue of each pixel, row by row. */
  pixels: Buffer;
}

/** `holes`: one byte a pixel, not 0 where the picture is to be filled. */
export type Fill = (picture: Picture, holes: Uint8Array) => Promise<Buffer>;

/** The file holds the whole way: it cuts out the surroundings of the holes, fills them at 512 × 512 and blends the result in. */
export async function loadPainter(folder: string): Promise<Fill> {
  const session = await ort.InferenceSession.create(join(folder, "migan.onnx"), { logSeverityLevel: 3 });
  const [image, mask] = session.inputNames as [string, string];
  const [output] = session.outputNames as [string];

  return async ({ width, height, pixels }, holes) => {
    const area = width * height;
    const planes = new Uint8Array(3 * area);
    for (let i = 0; i < area; i++)
      for (let colour = 0; colour < 3; colour++) planes[colour * area + i] = pixels[i * 3 + colour]!;
    // The network's mask is 0 in holes and 255 everywhere else.
    const known = Uint8Array.from(holes, (value) => (value ? 0 : 255));
    const results = await session.run({
      [image]: new ort.Tensor("uint8", planes, [1, 3, height, width]),
      [mask]: new ort.Tensor("uint8", known, [1, 1, height, width]),
    });
    const filled = results[output].data as Uint8Array;
    const result = Buffer.from(pixels);
    // Only holes change: everything else stays as it came, bit by bit.
    for (let i = 0; i < area; i++) {
      if (!holes[i]) continue;
      for (let colour = 0; colour < 3; colour++) result[i * 3 + colour] = filled[colour * area + i]!;
    }
    return result;
  };
}
