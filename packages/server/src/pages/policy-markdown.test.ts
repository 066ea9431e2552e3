import assert from "node:assert/strict";
import { test } from "node:test";
import { anchorOf, linkTarget, renderMarkdown } from "./policy-markdown.ts";

test("links of the documentation lead to its pages and to models, and to nothing else", () => {
  assert.equal(linkTarget("prices.md", "docs/guide"), "/docs/guide/prices");
  assert.equal(linkTarget("../api/runs.md#end", "docs/guide"), "/docs/api/runs#end");
  assert.equal(linkTarget("../../models/modelyard/ocr/README.md", "docs/guide"), "/models/modelyard/ocr");
  assert.equal(linkTarget("../../packages/server/src/main.ts", "docs/architecture"), undefined);
  assert.equal(linkTarget("../../../../etc/passwd.md", "docs/guide"), undefined);
  assert.equal(linkTarget("https://example.org/a.md", "docs/guide"), "https://example.org/a.md");
  assert.equal(linkTarget("#there", "docs/guide"), "#there");
  assert.equal(linkTarget("mine.md", undefined), "mine.md");
});

test("a title, a summary, headings with anchors that differ, and no markup of the author's", () => {
  const { title, summary, html, headings } = renderMarkdown(
    "<!-- generated -->\n# The `title`\n\nFirst **words**\nhere.\n\n## Again\n\ntext <script>alert(1)</script>\n\n## Again\n\n[dead](../../x.ts) [live](prices.md)\n\n| | a |\n|---|---|\n| b | c |\n",
    "docs/guide",
  );
  assert.equal(title, "The title");
  assert.equal(summary, "First words here.");
  assert.deepEqual(headings, [
    { id: "again", text: "Again", level: 2 },
    { id: "again-1", text: "Again", level: 2 },
  ]);
  assert.ok(!html.includes("<h1"), html);
  assert.ok(!html.includes("<script"), html);
  assert.ok(!html.includes("generated"), html);
  assert.match(html, /<p>dead <a href="\/docs\/guide\/prices">live<\/a><\/p>/);
  assert.match(html, /tabindex="0"[^>]*><table>/);
  assert.match(html, /<td><\/td>/);
});

test("an address that runs a script is no link", () => {
  assert.ok(!renderMarkdown("[a](javascript:alert(1))", undefined).html.includes("href"));
});

test("anchors keep letters of every script", () => {
  assert.equal(anchorOf("Größe & `Preis` 2"), "größe-preis-2");
});
