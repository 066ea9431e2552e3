import assert from "node:assert/strict";
import { test } from "node:test";
import { plainText, terminalPieces } from "./terminal-text.ts";

const looks = (raw: string) =>
  terminalPieces(raw).map(({ text, look }) => (look === "" ? text : `<${look}>${text}</>`));

test("plain text stays as it is, whatever its letters are", () => {
  for (const text of ["", "a\tb\nc  d\n", "<b>&amp;</b> [31m 🎉 [0m"]) assert.equal(plainText(text), text);
});

test("colours and styles are those of the app; backgrounds are left out", () => {
  assert.deepEqual(looks("a \x1b[31mred\x1b[0m b"), ["a ", "<text-bad>red</>", " b"]);
  assert.deepEqual(looks("\x1b[1;32mok\x1b[22m \x1b[39mno"), ["<ts font-semibold>ok</>", "<ts> </>", "no"]);
  assert.deepEqual(looks("\x1b[91mx\x1b[90my\x1b[37mz\x1b[44mw"), ["<text-bad>x</>", "<text-soft>y</>", "zw"]);
  assert.deepEqual(looks("\x1b[38;5;196mr\x1b[38;5;46mg\x1b[38;5;21mb\x1b[38;5;244mgrey"), [
    "<text-bad>r</>",
    "<ts>g</>",
    "<tf>b</>",
    "<text-soft>grey</>",
  ]);
  assert.deepEqual(looks("\x1b[38;2;255;160;0morange\x1b[0m \x1b[4mline\x1b[0m"), [
    "<tn>orange</>",
    " ",
    "<underline>line</>",
  ]);
});

test("a carriage return, a backspace and the codes of the cursor overwrite", () => {
  assert.equal(plainText("10 %\r20 %\rdone"), "done");
  assert.equal(plainText("10 %\rok"), "ok %");
  assert.equal(plainText("10 %\r\x1b[Kok"), "ok");
  assert.equal(plainText("a\r\nb\r\n"), "a\nb\n");
  assert.equal(plainText("typo\b\b\b\bfine"), "fine");
  assert.equal(plainText("first\nsecond\x1b[1A\rFIRST\x1b[1B\n"), "FIRST\nsecond\n");
  assert.equal(plainText("bar 1: 0\nbar 2: 0\n\x1b[2A\x1b[2Kbar 1: 9\n\x1b[2Kbar 2: 9\n"), "bar 1: 9\nbar 2: 9\n");
  assert.equal(plainText("ab\x1b[5Gz"), "ab  z");
  assert.equal(plainText("gone\n\x1b[2J\x1b[Hnew"), "new\n");
  assert.deepEqual(looks("\x1b[31mred\x1b[0m\rR"), ["R", "<text-bad>ed</>"]);
});

test("what only a terminal understands is gone, broken codes too", () => {
  for (const code of [
    "\x1b]0;title\x07",
    "\x1b]8;;https://a.example/\x1b\\",
    "\x1b[?25l",
    "\x1b[?1049h",
    "\x1b(B",
    "\x1b7",
    "\x1b=",
    "\x07",
    "\0",
    "\x1bP1$r\x1b\\",
    "\x1b[6n",
    "\x1b[0;0;10t",
  ])
    assert.equal(plainText(`a${code}b`), "ab", JSON.stringify(code));
  assert.equal(plainText("end\x1b["), "end");
  assert.equal(plainText("end\x1b[38;5"), "end");
  assert.equal(plainText("end\x1b"), "end");
  assert.equal(plainText("far\x1b[999999999C!").length, 1001);
});

test("a long log with codes is settled at once", () => {
  const raw = Array.from({ length: 5_000 }, (_, n) => `\x1b[3${n % 8}m${n}\x1b[0m line of a log\r\x1b[32m*`).join("\n");
  assert.equal(plainText(raw).split("\n").length, 5_000);
});
