import assert from "node:assert/strict";
import { test } from "node:test";
import { snippet } from "./snippet.ts";

const FILE = "https://yard.example/v1/File/abc/lake.jpg";

test("the prompt stands for a run, however long other texts are", () => {
  const system = "You are a helpful assistant that answers in short and plain sentences.";
  assert.equal(snippet({ system, prompt: "Hello", picture: FILE }), "Hello");
  assert.equal(snippet({ prompt: "two\n lines" }), "two lines");
});

test("else its first text, else names and values; an address only where there is nothing else", () => {
  assert.equal(
    snippet({ prompt: " ", style: "bold", text: "a short one", notes: "a much longer text than that" }),
    "a short one",
  );
  assert.equal(snippet({ picture: FILE, count: 3, empty: "" }), "count: 3");
  assert.equal(snippet({ picture: FILE }), "picture: lake.jpg");
  assert.equal(snippet({ pictures: [FILE, "https://a.example/b.png"] }), "pictures: lake.jpg, b.png");
  assert.equal(snippet({}), "");
});
