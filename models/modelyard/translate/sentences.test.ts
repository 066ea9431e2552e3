import assert from "node:assert/strict";
import { test } from "node:test";
import { joined, sentences } from "./sentences.ts";

const texts = (text: string, language: string, most?: number) =>
  sentences(text, language, most).map((piece) => piece.text);

test("a text is parted into its sentences, in languages with spaces and without", () => {
  assert.deepEqual(texts("It rains. Does it? Yes!", "en"), ["It rains.", "Does it?", "Yes!"]);
  assert.deepEqual(texts("It costs 3.50 today.", "en"), ["It costs 3.50 today."]);
  assert.deepEqual(texts("今天下雨。你好吗？很好！", "zh"), ["今天下雨。", "你好吗？", "很好！"]);
  assert.deepEqual(texts("यह घर है। वह नदी है।", "hi"), ["यह घर है।", "वह नदी है।"]);
});

test("nothing is lost, line breaks and empty lines included", () => {
  for (const text of ["One.\n\nTwo. Three\n", "  indented\n- a list\n- of two", "", "一。二。", "a\n\n\nb"]) {
    const all = sentences(text, "en");
    const kept = all.map((piece) => piece.text + piece.behind).join("");
    assert.equal(kept.replaceAll(/[ ]+/g, ""), text.replaceAll(/[ ]+/g, ""));
  }
  assert.deepEqual(sentences("One.\n\nTwo.", "en"), [
    { text: "One.", behind: "\n\n" },
    { text: "Two.", behind: "" },
  ]);
});

test("what is too long is parted between words, or anywhere", () => {
  const words = texts(`${"word ".repeat(30)}end.`, "en", 50);
  assert.ok(words.length > 3 && words.every((piece) => piece.length <= 50 && /^(word ?)*(end\.)?$/.test(piece)));
  assert.equal(words.join(" "), `${"word ".repeat(30)}end.`);
  assert.deepEqual(texts("字".repeat(25), "zh", 10), ["字".repeat(10), "字".repeat(10), "字".repeat(5)]);
});

test("translations are put together as their language does it", () => {
  const pieces = [
    { text: "A.", behind: " " },
    { text: "B.", behind: "\n" },
    { text: "C.", behind: "" },
    { text: "D.", behind: "" },
  ];
  assert.equal(joined(pieces, "en"), "A. B.\nC. D.");
  assert.equal(joined(pieces, "zh"), "A.B.\nC.D.");
});
