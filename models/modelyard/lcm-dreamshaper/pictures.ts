/** Pictures as the networks see them: a plane each for red, green and blue, -1 to 1. */
import sharp from "sharp";
import type { Size } from "./diffusion.ts";

const MOST_PIXELS = 50_000_000;

/** Reads a picture and cuts it to the shape of `size`, around its middle. Throws when it is none, in the words of the caller. */
export async function readPicture(path: string, { width, height }: Size): Promise<Float32Array> {
  const pixels = await sharp(path, { limitInputPixels: MOST_PIXELS })
    .autoOrient()
    .flatten({ background: "white" })
    .toColourspace("srgb")
    .resize(width, height, { fit: "cover" })
    .raw()
    .toBuffer()
    .catch((error: Error) => {
      throw new Error(`The picture could not be read: ${error.message}`);
    });
  const area = width * height;
  const planes = new Float32Array(3 * area);
  for (let i = 0; i < area; i++)
    for (let colour = 0; colour < 3; colour++) planes[colour * area + i] = pixels[i * 3 + colour]! / 127.5 - 1;
  return planes;
}

/** Writes a PNG. */
export async function writePicture(planes: Float32Array, { width, height }: Size, path: string): Promise<void> {
  const area = width * height;
  // The array itself rounds, and cuts off what is below 0 and above 255.
  const pixels = new Uint8ClampedArray(3 * area);
  for (let i = 0; i < area; i++)
    for (let colour = 0; colour < 3; colour++) pixels[i * 3 + colour] = (planes[colour * area + i]! + 1) * 127.5;
  await sharp(Buffer.from(pixels.buffer), { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 7 })
    .toFile(path);
}
