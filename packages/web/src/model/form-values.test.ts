import assert from "node:assert/strict";
import { test } from "node:test";
import { InputGroup } from "@modelyard/contract";
import { changes } from "./form-changes.ts";
import { checkedValues, formValues, hiddenOf, keptValues, problemOf, problems, runBody } from "./form-values.ts";

const form = {
  inputs: [
    InputGroup.parse({
      title: "All",
      items: [
        { id: "prompt", type: "textarea", label: "Prompt", required: true, maxLength: 10 },
        { id: "steps", type: "number", label: "Steps", min: 1, max: 9, default: 4 },
        { id: "seed", type: "number", label: "Seed" },
        { id: "style", type: "select", label: "Style", options: [{ value: "a", label: "Plain" }, { value: "b" }] },
        { id: "loop", type: "checkbox", label: "Loop", default: true },
        { id: "picture", type: "fileinput", label: "Picture", required: true, accept: ["image/*"] },
        { id: "frames", type: "multifileinput", label: "Frames", maxFiles: 2 },
      ],
    }),
  ],
};
const file = new File(["x"], "x.png", { type: "image/png" });
const item = (id: string) =>
  form.inputs[0]?.items.find((one) => one.id === id) as NonNullable<(typeof form.inputs)[0]>["items"][0];

test("defaults, values that fit, and values that do not", () => {
  const values = formValues(form, {
    prompt: "hi",
    style: "zzz",
    loop: "false",
    steps: 7,
    frames: ["https://a.example/1.png"],
    unknown: 1,
  });
  assert.deepEqual(values, {
    prompt: "hi",
    steps: "7",
    seed: "",
    style: "a",
    loop: true,
    picture: [],
    frames: [{ kind: "url", url: "https://a.example/1.png" }],
  });
});

test("what is kept: only what differs, and addresses but no files", () => {
  const values = {
    ...formValues(form),
    prompt: "hi",
    loop: false,
    picture: [{ kind: "file" as const, file }],
    frames: [{ kind: "url" as const, url: "https://a.example/1.png" }],
  };
  assert.deepEqual(keptValues(form, values), { prompt: "hi", loop: false, frames: "https://a.example/1.png" });
});

test("problems are named in plain words, and an empty optional field is none", () => {
  assert.deepEqual(
    [...problems(form, formValues(form))],
    [
      ["prompt", "Prompt is needed."],
      ["picture", "Picture is needed: choose a file or give its address."],
    ],
  );
  assert.equal(problemOf(item("steps"), "99"), "Choose a number from 1 to 9.");
  assert.equal(problemOf(item("steps"), "four"), "This must be a number.");
  assert.equal(problemOf(item("prompt"), "x".repeat(11)), "This is too long: at most 10 characters.");
  assert.equal(
    problemOf(
      item("frames"),
      [1, 2, 3].map(() => ({ kind: "file", file })),
    ),
    "Too many files: at most 2.",
  );
  assert.equal(problemOf(item("seed"), ""), undefined);
});

test("the body of a run: numbers as numbers, a single file alone, empty fields left out", () => {
  const values = { ...formValues(form), prompt: "hi", picture: [{ kind: "file" as const, file }] };
  assert.deepEqual(runBody(form, values), { prompt: "hi", steps: 4, style: "a", loop: true, picture: file });
  assert.equal(checkedValues(form, values)?.steps, 4);
  assert.equal(checkedValues(form, formValues(form)), undefined);
});

test("what does not apply is no problem, is not sent and not shown as a change, and stays in the form", () => {
  const items = [
    { id: "mode", type: "select", label: "Mode", options: [{ value: "plain" }, { value: "fancy" }] },
    { id: "colour", type: "text", label: "Colour", required: true, when: { mode: "fancy" } },
  ];
  const depends = { inputs: [InputGroup.parse({ title: "All", items })] };
  const plain = formValues(depends);
  assert.deepEqual([...hiddenOf(depends, plain)], ["colour"]);
  assert.equal(problems(depends, plain).size, 0);
  const fancy = { ...plain, mode: "fancy" };
  assert.deepEqual([...problems(depends, fancy).keys()], ["colour"]);
  const typed = { ...fancy, colour: "red" };
  assert.deepEqual(runBody(depends, typed), { mode: "fancy", colour: "red" });
  const back = { ...typed, mode: "plain" };
  assert.deepEqual(runBody(depends, back), { mode: "plain" });
  assert.deepEqual(checkedValues(depends, back), { mode: "plain" });
  assert.deepEqual(
    changes(depends, plain, back).map(({ label }) => label),
    [],
  );
  assert.equal(keptValues(depends, back).colour, "red");
});

test("changes between two runs, with the words of the form", () => {
  const before = formValues(form, { prompt: "a", style: "a" });
  const after = { ...before, prompt: "b", style: "b", loop: false, picture: [{ kind: "file" as const, file }] };
  assert.deepEqual(changes(form, before, after), [
    { label: "Prompt", from: "a", to: "b" },
    { label: "Style", from: "Plain", to: "b" },
    { label: "Loop", from: "on", to: "off" },
    { label: "Picture", from: "no file", to: "x.png" },
  ]);
});
