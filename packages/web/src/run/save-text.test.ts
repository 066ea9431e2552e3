import assert from "node:assert/strict";
import { test } from "node:test";
import { textKind } from "./save-text.ts";

test("Markdown is told from plain text", () => {
  for (const text of [
    "# Harbours\n\nMany.",
    "- one\n- two",
    "1. first",
    "It is **deep**.",
    "```\nx\n```",
    "| a | b |\n|---|---|",
  ])
    assert.equal(textKind(text), "md", text);
  for (const text of ["A harbour is deep.", "5 * 3 = 15", "#harbour", "one - two"])
    assert.equal(textKind(text), "txt", text);
});
