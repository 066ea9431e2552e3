import assert from "node:assert/strict";
import { test } from "node:test";
import { grow } from "./grow.ts";

const draw = (rows: string[]) => Uint8Array.from(rows.join(""), (letter) => (letter === "#" ? 255 : 0));
const shown = (holes: Uint8Array, width: number) =>
  Array.from({ length: holes.length / width }, (_, row) =>
    Array.from(holes.subarray(row * width, (row + 1) * width), (value) => (value ? "#" : ".")).join(""),
  );

test("grows holes in every direction and stops at the edges", () => {
  const holes = draw(["......", "..#...", "......", ".....#"]);
  assert.deepEqual(shown(grow(holes, 6, 4, 1), 6), [".###..", ".###..", ".#####", "....##"]);
  assert.deepEqual(shown(grow(holes, 6, 4, 0), 6), shown(holes, 6));
  assert.deepEqual(shown(grow(holes, 6, 4, 9), 6), ["######", "######", "######", "######"]);
  assert.deepEqual(shown(grow(draw(["....", "...."]), 4, 2, 3), 4), ["....", "...."]);
});
