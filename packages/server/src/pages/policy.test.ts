import assert from "node:assert/strict";
import { test } from "node:test";
import { chosenEncoding, contentSecurityPolicy, readReport, wantsMarkdown } from "./policy.ts";

test("encodings: the best that is taken, and none that is refused", () => {
  assert.equal(chosenEncoding("gzip, deflate, br, zstd"), "br");
  assert.equal(chosenEncoding("gzip;q=1.0, br;q=0"), "gzip");
  assert.equal(chosenEncoding("identity"), "identity");
  assert.equal(chosenEncoding(undefined), "identity");
  assert.equal(chosenEncoding("GZIP"), "gzip");
});

test("Markdown is for who names it, and before HTML", () => {
  assert.ok(wantsMarkdown("text/markdown"));
  assert.ok(wantsMarkdown("text/markdown, text/html;q=0.9, */*"));
  assert.ok(!wantsMarkdown("text/html,application/xhtml+xml,*/*;q=0.8"));
  assert.ok(!wantsMarkdown("text/html, text/markdown"));
  assert.ok(!wantsMarkdown("*/*"));
  assert.ok(!wantsMarkdown(undefined));
});

test("the policy: own scripts by hash, files from where the operator put them", () => {
  const policy = contentSecurityPolicy(["sha256-abc="], ["https://files.example.org"]);
  assert.match(policy, /script-src 'self' 'sha256-abc='; /);
  assert.match(policy, /img-src 'self' blob: data: https:\/\/files\.example\.org; /);
  assert.match(policy, /connect-src 'self' https:\/\/files\.example\.org wss:\/\/files\.example\.org; /);
});

test("a report says something, has a known reason, and is cut to what is kept", () => {
  assert.equal(readReport({ reason: "broken" }), undefined);
  assert.equal(readReport({ details: "  " }), undefined);
  assert.deepEqual(readReport({ reason: "harmful", details: " x\0 ", contact: "a@b.c" }), {
    reason: "harmful",
    details: "x",
    contact: "a@b.c",
  });
  assert.equal(readReport({ reason: "constructor", details: "x" })?.reason, "other");
  assert.equal(readReport({ details: "x".repeat(5_000) })?.details.length, 2_000);
  assert.equal(readReport({ details: ["x"] }), undefined);
});
