import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { SHIPPED_MODELS, temporaryFolder } from "@modelyard/testing";
import { checkModelFolder } from "./check.ts";
import { findModelFolders } from "./folder.ts";
import { findingText } from "./policy-manifest.ts";

const GOOD = `owner: me
slug: shout
title: Shout
description: Louder.
categories: [tool]
inputs:
  - title: Text
    items:
      - { id: prompt, type: textarea, label: Text, required: true }
      - { id: size, type: select, label: Size, default: s, options: [{ value: s }, { value: l }] }
      - { id: picture, type: fileinput, label: Picture }
output: file
price: [{ method: cpr, price: "0.001" }]
runner: { type: command, command: [sh, run.sh] }
license: { code: Apache-2.0 }
`;
const root = temporaryFolder("check");

/** A folder with this manifest and run.sh; what is said about it. */
function said(manifest: string, files: Record<string, string> = {}, path = "/usr/bin:/bin"): string[] {
  const dir = mkdtempSync(join(root, "model-"));
  for (const [name, text] of Object.entries({ "model.yaml": manifest, "run.sh": "echo", "README.md": "x", ...files })) {
    mkdirSync(join(dir, name, ".."), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
  const { findings, folder } = checkModelFolder(dir, path);
  assert.equal(
    folder === undefined,
    findings.some(({ level }) => level === "error"),
  );
  return findings.map(findingText);
}

test("a folder that is right has nothing said about it; neither have the shipped models", () => {
  assert.deepEqual(said(GOOD), []);
  for (const dir of findModelFolders(SHIPPED_MODELS)) {
    const errors = checkModelFolder(dir).findings.map(findingText);
    assert.deepEqual(errors, [], dir);
  }
  assert.ok(readdirSync(SHIPPED_MODELS).length > 0);
});

const typed = (from: string, to: string) => GOOD.replace(from, to);
const WRONG: [string, string, string[]][] = [
  [
    "a word of the schema, spelled wrong",
    typed("description:", "descripton:"),
    [
      "model.yaml:1:1 error: description: is missing. It is text.",
      "model.yaml:4:1 error: there is no descripton here. Did you mean description?",
    ],
  ],
  [
    "two letters in the wrong order",
    typed("title: Shout", "titel: Shout"),
    [
      "model.yaml:1:1 error: title: is missing. It is text.",
      "model.yaml:3:1 error: there is no titel here. Did you mean title?",
    ],
  ],
  [
    "an unknown type",
    typed("textarea", "textaera"),
    [
      'model.yaml:9:29 error: inputs.0.items.0.type: "textaera" is none of text, textarea, number, range, select, selectwithcover, checkbox, fileinput, multifileinput, combinefileinput. Did you mean textarea?',
    ],
  ],
  [
    "quotes too many, quotes too few",
    typed("required: true", 'required: "true"').replace('"0.001"', "0.001"),
    [
      "model.yaml:9:62 error: inputs.0.items.0.required: must be true or false, and is text. Write it without quotes.",
      'model.yaml:13:31 error: price.0.price: must be text, and is a number. Write it in quotes: "0.001".',
    ],
  ],
  [
    "no number, no yes or no",
    typed("required: true", "required: yes").replace("license:", "limits: { timeout: 5m }\nlicense:"),
    [
      "model.yaml:9:62 error: inputs.0.items.0.required: must be true or false, and is text. Write true.",
      "model.yaml:15:20 error: limits.timeout: must be a number, and is text",
    ],
  ],
  [
    "a field of every run, and a default that no run may have",
    typed("id: prompt", "id: callbackUrl").replace(
      "{ id: picture, type: fileinput, label: Picture }",
      "{ id: steps, type: range, label: Steps, min: 1, max: 5, default: 9 }",
    ),
    [
      "model.yaml:9:15 error: callbackUrl is a field of every run, not a model's. Name the input otherwise.",
      "model.yaml:11:74 error: steps: the default 9 is outside of 1 to 5",
    ],
  ],
  [
    "a list for a map",
    typed("license: { code: Apache-2.0 }", "license: [Apache-2.0]"),
    ["model.yaml:15:10 error: license: must be a map, and is a list"],
  ],
  [
    "an unknown runner",
    typed("type: command", "type: comand"),
    ["model.yaml:14:17 error: runner.type: must be one of command, service, app. Did you mean command?"],
  ],
  [
    "an app's step that refers to what there is not",
    typed(
      "{ type: command, command: [sh, run.sh] }",
      '{ type: app, steps: [{ id: a, model: x/y, inputs: { prompt: "${inputs.promt}" } }] }',
    ).replace(/price: .*\n/, "price: []\n"),
    ["model.yaml:14:69 error: runner.steps.0.inputs.prompt: the app has no input promt"],
  ],
  [
    "no YAML",
    "a: 1\n b: 2\n",
    ["model.yaml:1:4 error: this is not YAML: Nested mappings are not allowed in compact mappings"],
  ],
  ["nothing", "", ["model.yaml:1:1 error: must be a map, and is empty"]],
  [
    "files that are not there, or lead out",
    `${GOOD}image: a.png\nsamples: [../run.sh, { file: run.sh, inputs: { prompt: x, picture: b.png } }]\n`,
    [
      "model.yaml:17:11 error: there is no file ../run.sh. Samples are files of the model's folder.",
      "model.yaml:17:68 error: there is no file b.png",
      "model.yaml:16:8 error: there is no file a.png",
    ],
  ],
  [
    "a sample that could not have been run",
    `${GOOD}samples: [{ file: run.sh, inputs: { size: xl, colour: red } }]\n`,
    [
      "model.yaml:16:55 error: there is no input colour",
      "model.yaml:16:35 error: a run with these would be refused: Request parameter [prompt] required",
      "model.yaml:16:35 error: a run with these would be refused: Request parameter [size] must be one of: s, l",
    ],
  ],
  [
    "a default that is no option, two inputs of one name",
    typed("default: s", "default: m").replace("id: picture", "id: prompt"),
    [
      "model.yaml:10:57 error: size: the default is none of s, l",
      "model.yaml:11:15 error: there are two inputs named prompt",
    ],
  ],
  [
    "a condition on an input that there is not",
    typed("label: Picture }", "label: Picture, when: { siz: l } }"),
    ["model.yaml:11:70 error: inputs.0.items.2.when.siz: there is no input siz. Did you mean size?"],
  ],
  [
    "conditions that go in a circle",
    typed("label: Picture }", "label: Picture, when: { size: l } }").replace(
      "value: l }] }",
      "value: l }], when: { picture: true } }",
    ),
    [
      "model.yaml:10:116 error: inputs.0.items.1.when.picture: this goes in a circle: size → picture → size",
      "model.yaml:11:71 error: inputs.0.items.2.when.size: this goes in a circle: picture → size → picture",
    ],
  ],
  [
    "a sample with a value that does not apply",
    `${typed("label: Picture }", "label: Picture, required: true, when: { size: l } }")}samples: [{ file: run.sh, inputs: { prompt: x, picture: run.sh } }, { file: run.sh, inputs: { prompt: x, size: l } }]\n`,
    ["model.yaml:16:57 warning: picture applies only when size is l"],
  ],
  [
    "a price by an input that there is not",
    typed('price: "0.001" }]', 'price: "0.001", inputs: { sise: l } }]'),
    ["model.yaml:13:56 error: there is no input sise"],
  ],
  [
    "a script that is not there",
    typed("run.sh", "rum.sh"),
    ["model.yaml:14:40 error: there is no file rum.sh. The program starts in the model's folder."],
  ],
  [
    "a file where a program is meant",
    typed("[sh, run.sh]", "[run.sh]"),
    ["model.yaml:14:36 error: run.sh is a file of the folder, not a program. Write ./run.sh, or name what runs it."],
  ],
  [
    "a program that may not be executed",
    typed("[sh, run.sh]", "[./run.sh]"),
    ["model.yaml:14:36 error: ./run.sh may not be executed. chmod +x ./run.sh"],
  ],
  [
    "a program that this machine lacks",
    typed("[sh, run.sh]", "[no-such-program, run.sh]"),
    [
      "model.yaml:14:36 warning: no-such-program is not on this machine. Workers need it: name its package under programs.",
    ],
  ],
  [
    "less memory than it needs",
    `${GOOD}limits: { memory: 100 }\n`,
    ["model.yaml:16:19 error: it is ended at 100 MiB and needs 512 (resources.memory)"],
  ],
];

for (const [what, manifest, expected] of WRONG) {
  test(`explained: ${what}`, () => assert.deepEqual(said(manifest), expected));
}

test("packages without their lock, and a folder without its manifest", () => {
  assert.deepEqual(said(GOOD, { "package.json": "{}" }), [
    "model.yaml error: there is a package.json and no package-lock.json. Run npm install in the folder: workers use npm ci.",
  ]);
  const withPicture = `${GOOD}image: card.png\n`;
  assert.deepEqual(said(withPicture), ["model.yaml:16:8 error: there is no file card.png"]);
  assert.deepEqual(said(withPicture, { "card.png": "x".repeat(150_000) }), []);
  assert.deepEqual(said(withPicture, { "card.png": "x".repeat(237_000) }), [
    "model.yaml:16:8 warning: card.png has 237 kB, and every list of models loads it. 640 × 400 points are enough: about 10 kB as WebP.",
  ]);
  const empty = checkModelFolder(mkdtempSync(join(root, "empty-")));
  assert.match(findingText(empty.findings[0] as never), /no such file in this folder/);
});

test("an executable program of the folder is fine", () => {
  const dir = mkdtempSync(join(root, "program-"));
  writeFileSync(join(dir, "model.yaml"), typed("[sh, run.sh]", "[./run.sh]"));
  writeFileSync(join(dir, "run.sh"), "#!/bin/sh\n");
  writeFileSync(join(dir, "README.md"), "x");
  chmodSync(join(dir, "run.sh"), 0o755);
  assert.deepEqual(checkModelFolder(dir, "/usr/bin").findings, []);
});

test("a manifest that was made to be slow is refused quickly", () => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${"bcdefgh"
    .split("")
    .map((name, n) => `${name}: &${name} [${Array(9).fill(`*${"abcdefg"[n]}`).join(",")}]`)
    .join("\n")}\n`;
  assert.match(said(bomb)[0] ?? "", /cannot be read: Excessive alias count/);
  assert.match(said(`a: "${"x".repeat(1024 * 1024)}"`)[0] ?? "", /larger than 1048576 bytes/);
});
