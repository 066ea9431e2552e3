import assert from "node:assert/strict";
import { test } from "node:test";
import { type Camera, readPrompt } from "./camera.ts";

/** Which way the camera goes between two moments, the hand's unrest left out. */
function direction(prompt: string, from = 0, to = 1): string {
  const { at } = readPrompt(prompt, 1);
  const [start, end] = [at(from), at(to)];
  const axes: (keyof Camera)[] = ["x", "y", "z", "turn"];
  const moved = axes.map((axis) => ({ axis, by: end[axis] - start[axis] })).filter(({ by }) => Math.abs(by) > 0.02);
  return moved.map(({ axis, by }) => `${axis}${by > 0 ? "+" : "-"}`).join(" ");
}

for (const [prompt, expected] of [
  ["a lake", "z+"],
  ["[Push in] a lake", "z+"],
  ["the camera slowly zooms in on the tree", "z+"],
  ["Pull out", "z-"],
  ["we are pulling slowly back", "z-"],
  ["[Pan left]", "x-"],
  ["the camera pans slowly to the right", "x+"],
  ["[Truck right]", "x+"],
  ["tilt up", "y+"],
  ["[Tilt down]", "y-"],
  ["pedestal up", "y+"],
  ["the camera orbits the mug", "turn+"],
  ["an arc shot", "turn+"],
  ["static shot", ""],
  ["[Pan left, Tilt up]", "x- y+"],
  ['a sign that says "zoom out"', "z+"],
  ["a pan on the left stove", "z+"],
] as const) {
  test(`${prompt}: ${expected || "still"}`, () => assert.equal(direction(prompt), expected));
}

test('"then" separates moves', () => {
  const prompt = "push in then pan right";
  assert.equal(direction(prompt, 0, 0.5), "z+");
  assert.equal(direction(prompt, 0.5, 1), "x+");
});

test("slow moves are smaller, fast ones larger", () => {
  const reach = (prompt: string) => readPrompt(prompt, 1).at(1).z;
  assert.ok(reach("slow push in") < reach("push in") && reach("push in") < reach("fast push in"));
});

test("the caption is what stands in quotes, the title the rest without brackets", () => {
  assert.deepEqual(
    [readPrompt("[Pan left] A city “Dawn” above", 1)].map(({ caption, title }) => ({ caption, title })),
    [{ caption: "Dawn", title: "A city above" }],
  );
  assert.equal(readPrompt("it's Anna's", 1).caption, undefined);
});
