import { setImmediate as otherWork } from "node:timers/promises";

export const SCALE = 2;
/** Side of the squares that go through the network one by one, and how many pixels around them it sees as well. */
const TILE = 128;
const MARGIN = 12;

/** Takes red, green and blue of a square or its cut-off rest, and returns them with twice the width and height. */
export type Network = (pixels: Uint8Array, width: number, height: number) => Promise<Uint8Array>;

/** Enlarges a picture of any size in squares. What lies beyond a square's edge is seen but not kept, so that no seams show. */
export async function enlarge(options: {
  /** Red, green and blue of each pixel, row by row. */
  pixels: Uint8Array;
  width: number;
  height: number;
  network: Network;
  signal: AbortSignal;
  /** Part of the work that is done, 0 to 1. */
  onProgress(part: number): void;
}): Promise<Uint8Array> {
  const { pixels, width, height, network, signal, onProgress } = options;
  const larger = new Uint8Array(width * height * SCALE * SCALE * 3);
  for (let y = 0; y < height; y += TILE) {
    for (let x = 0; x < width; x += TILE) {
      const [left, top] = [Math.max(0, x - MARGIN), Math.max(0, y - MARGIN)];
      const [right, bottom] = [Math.min(width, x + TILE + MARGIN), Math.min(height, y + TILE + MARGIN)];
      const seen = new Uint8Array((right - left) * (bottom - top) * 3);
      for (let row = top; row < bottom; row++) {
        const from = (row * width + left) * 3;
        seen.set(pixels.subarray(from, from + (right - left) * 3), (row - top) * (right - left) * 3);
      }
      const made = await network(seen, right - left, bottom - top);
      const kept = Math.min(TILE, width - x) * SCALE;
      for (let row = y * SCALE; row < Math.min(height, y + TILE) * SCALE; row++) {
        const from = ((row - top * SCALE) * (right - left) * SCALE + (x - left) * SCALE) * 3;
        larger.set(made.subarray(from, from + kept * 3), (row * width * SCALE + x * SCALE) * 3);
      }
      // The service would otherwise never see a `cancel`.
      await otherWork();
      signal.throwIfAborted();
      onProgress((y * width + Math.min(TILE, height - y) * Math.min(width, x + TILE)) / (width * height));
    }
  }
  return larger;
}
