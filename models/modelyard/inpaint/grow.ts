/** Makes every hole larger by `by` pixels in each direction. One byte a pixel, not 0 in holes. */
export function grow(holes: Uint8Array, width: number, height: number, by: number): Uint8Array {
  return by === 0 ? holes : spread(spread(holes, width, height, by, 1, width), height, width, by, width, 1);
}

/** Along lines of `length` pixels that are `step` apart in memory; `lines` of them, each `stride` after the other. */
function spread(from: Uint8Array, length: number, lines: number, by: number, step: number, stride: number): Uint8Array {
  const to = new Uint8Array(from.length);
  for (let line = 0; line < lines; line++) {
    // The last hole seen on the way there, and on the way back.
    for (const [start, direction] of [
      [0, 1],
      [length - 1, -1],
    ] as const) {
      let since = by + 1;
      for (let i = 0, at = start; i < length; i++, at += direction) {
        const place = line * stride + at * step;
        since = from[place] ? 0 : since + 1;
        if (since <= by) to[place] = 255;
      }
    }
  }
  return to;
}
