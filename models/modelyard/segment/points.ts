export interface Point {
  /** 0 to 1 of the picture's width and height, from the upper left corner. */
  x: number;
  y: number;
}

const MOST = 32;

/** Reads `x,y x,y …`. Throws, in words for the caller, what is no point. */
export function readPoints(text: string): Point[] {
  const points = text
    .trim()
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => {
      const parts = word.split(",").map(Number);
      const [x = Number.NaN, y = Number.NaN] = parts;
      if (parts.length !== 2 || !(x >= 0 && x <= 1 && y >= 0 && y <= 1))
        throw new Error(`${word} is no point: give x,y between 0 and 1, such as 0.5,0.25.`);
      return { x, y };
    });
  if (points.length > MOST) throw new Error(`There are ${points.length} points; at most ${MOST} are taken.`);
  return points;
}
