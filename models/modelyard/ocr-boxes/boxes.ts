/** Boxes of text lines, made of what the network says of each pixel. */

/** Left, upper, right and lower edge in pixels; the right and lower ones lie outside. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Likelihood above which a pixel is text, and the mean that a box needs. */
const PIXEL = 0.3;
const MEAN = 0.6;

/**
 * Boxes around connected pixels. The network marks the inner part of a line only, so a box grows by what a shape of its size lost:
 * area × 1.8 / circumference (1.8 is a little more than the shrinking of the training, because letters should not be cut).
 */
export function boxesOf(likely: Float32Array, width: number, height: number): Box[] {
  const seen = new Uint8Array(width * height);
  const boxes: Box[] = [];
  for (let start = 0; start < likely.length; start++) {
    if (seen[start] || likely[start]! <= PIXEL) continue;
    seen[start] = 1;
    const waiting = [start];
    let [left, right, top, bottom, sum, count] = [width, 0, height, 0, 0, 0];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      const [x, y] = [at % width, Math.floor(at / width)];
      [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
      sum += likely[at]!;
      count += 1;
      for (const [dx, dy] of [
        [1, 0],
        [-1, 0],
        [0, 1],
        [0, -1],
      ] as const) {
        const next = at + dx + dy * width;
        if (x + dx < 0 || x + dx >= width || y + dy < 0 || y + dy >= height) continue;
        if (seen[next] || likely[next]! <= PIXEL) continue;
        seen[next] = 1;
        waiting.push(next);
      }
    }
    const [w, h] = [right - left + 1, bottom - top + 1];
    if (sum / count < MEAN || Math.min(w, h) < 3) continue;
    const by = Math.ceil((w * h * 1.8) / (2 * (w + h)));
    const x = Math.max(0, left - by);
    const y = Math.max(0, top - by);
    boxes.push({ x, y, width: Math.min(width, right + 1 + by) - x, height: Math.min(height, bottom + 1 + by) - y });
  }
  return inReadingOrder(boxes);
}

/** From above to below; boxes whose middles lie within each other's height are one row, read from the left. */
export function inReadingOrder(boxes: readonly Box[]): Box[] {
  const middle = (box: Box) => box.y + box.height / 2;
  const rows: Box[][] = [];
  for (const box of boxes.toSorted((a, b) => middle(a) - middle(b))) {
    const row = rows.at(-1);
    if (row?.[0] && Math.abs(middle(row[0]) - middle(box)) < Math.min(row[0].height, box.height) / 2) row.push(box);
    else rows.push([box]);
  }
  return rows.flatMap((row) => row.sort((a, b) => a.x - b.x));
}
