/** Each language's string encoder: for any text, the literal means that text. Read by the language itself where it is here, else by its lexical rules. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { HOSTILE } from "./fixtures/hostile.ts";
import { execute, toolchain } from "./fixtures/toolchains.ts";
import type { LanguageId } from "./language-ids.ts";
import { WRITERS } from "./languages.ts";

const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ unit: "grapheme", maxLength: 40 }),
  // Made of what has a meaning somewhere.
  fc
    .array(
      fc.constantFrom(
        "\\",
        '"',
        "'",
        "$",
        "{",
        "}",
        "(",
        ")",
        "`",
        "@",
        "#",
        "%",
        "\n",
        "\r",
        "\0",
        "u",
        "0041",
        "n",
        "x41",
        "\u2028",
        "\ud800",
        "😀",
      ),
      { maxLength: 24 },
    )
    .map((parts) => parts.join("")),
);
const SAMPLE = 400;
const texts = [...HOSTILE, "", ...fc.sample(anyText, { numRuns: SAMPLE, seed: 7 })];

/** A program that prints each literal's UTF-8 bytes as hexadecimal digits, one a line. Kotlin compiles for half a minute: execute.test.ts does it once. */
const PRINTERS: Partial<Record<LanguageId, (literals: string[]) => string>> = {
  curl: (all) => all.map((one) => `printf %s ${one} | od -An -v -tx1 | tr -d ' \\n'; echo`).join("\n"),
  nodejs: (all) => `for (const text of [${all.join(",\n")}]) console.log(Buffer.from(text).toString("hex"));`,
  python: (all) => `for text in [${all.join(",\n")}]:\n    print(text.encode().hex())`,
  php: (all) => `<?php foreach ([${all.join(",\n")}] as $text) echo bin2hex($text), "\\n";`,
  go: (all) =>
    `package main\n\nimport "fmt"\n\nfunc main() {\n\tfor _, text := range []string{${all.join(", ")}} {\n\t\tfmt.Printf("%x\\n", text)\n\t}\n}\n`,
  csharp: (all) =>
    `using System; using System.Text; static class P { static void Main() { foreach (var text in new[] { ${all.join(", ")} }) Console.WriteLine(BitConverter.ToString(Encoding.UTF8.GetBytes(text)).Replace("-", "").ToLower()); } }`,
};

/** Shells and verbatim literals cannot carry NUL; it is left out there. */
const WITHOUT_NUL: readonly LanguageId[] = ["curl", "csharp"];
const expected = (id: LanguageId, text: string) =>
  WITHOUT_NUL.includes(id) ? text.toWellFormed().replaceAll("\0", "") : text.toWellFormed();

for (const [id, printer] of Object.entries(PRINTERS) as [LanguageId, (literals: string[]) => string][]) {
  const chain = toolchain(id, process.env.PATH);
  test(`${id} reads each of ${texts.length} literals as its text`, {
    skip: chain ? false : "not installed",
    timeout: 300_000,
  }, async () => {
    if (!chain) return;
    const ended = await execute(chain, printer(texts.map(WRITERS[id].string)));
    assert.equal(ended.code, 0, ended.stderr);
    const lines = ended.stdout.split("\n");
    for (const [index, text] of texts.entries())
      assert.equal(
        Buffer.from(lines[index] ?? "", "hex").toString(),
        expected(id, text),
        `${id} ${JSON.stringify(text)}`,
      );
  });
}

/** Double-quoted literals as the languages' grammars have them: what ends one, what begins an interpolation, what an escape means. */
const GRAMMARS: Partial<Record<LanguageId, { interpolates: RegExp; escapes: RegExp; named: Record<string, string> }>> =
  {
    swift: { interpolates: /^\\\(/, escapes: /^\\(?:u\{([0-9a-fA-F]{1,8})\}|([0\\tnr"']))/, named: { "0": "\0" } },
    dart: {
      interpolates: /^\$/,
      escapes: /^\\(?:u\{([0-9a-fA-F]{1,6})\}|([\s\S]))/,
      named: { b: "\b", f: "\f", v: "\v" },
    },
    kotlin: { interpolates: /^\$[\p{L}_{`]/u, escapes: /^\\(?:u([0-9a-fA-F]{4})|([tbnr'"\\$]))/, named: { b: "\b" } },
  };
const NAMED: Record<string, string> = { n: "\n", r: "\r", t: "\t" };

function read(literal: string, { interpolates, escapes, named }: NonNullable<(typeof GRAMMARS)[LanguageId]>): string {
  assert.equal(literal[0], '"');
  let text = "";
  let at = 1;
  while (literal[at] !== '"') {
    const rest = literal.slice(at);
    assert.ok(rest.length > 0, "the literal does not end");
    assert.ok(!interpolates.test(rest), `it begins an interpolation: ${rest}`);
    assert.ok(!/^[\r\n]/.test(rest), "a line end inside");
    const match = rest.startsWith("\\") ? escapes.exec(rest) : undefined;
    assert.ok(match !== null, `no escape of the language: ${rest}`);
    if (!match) text += literal[at++];
    else {
      const [whole, code, letter = ""] = match;
      text +=
        code === undefined
          ? (named[letter] ?? NAMED[letter] ?? letter)
          : String.fromCodePoint(Number.parseInt(code, 16));
      at += whole.length;
    }
  }
  assert.equal(at, literal.length - 1, "something follows the literal");
  return text;
}

for (const [id, grammar] of Object.entries(GRAMMARS) as [LanguageId, NonNullable<(typeof GRAMMARS)[LanguageId]>][]) {
  test(`${id}: by its lexical rules, any literal is its text and nothing more`, () => {
    fc.assert(
      fc.property(anyText, (text) => {
        assert.equal(read(WRITERS[id].string(text), grammar), expected(id, text));
      }),
      { numRuns: 2_000, examples: HOSTILE.map((text) => [text]) },
    );
  });
}
