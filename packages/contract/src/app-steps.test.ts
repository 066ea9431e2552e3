import assert from "node:assert/strict";
import { test } from "node:test";
import { readTemplate, templateOf, wholeExpression } from "./app-expression.ts";
import { checkManifest } from "./manifest-problems.ts";

const APP = {
  owner: "test",
  slug: "app",
  title: "App",
  description: "An app.",
  categories: ["app"],
  inputs: [
    {
      title: "Input",
      items: [
        { id: "photos", type: "multifileinput", label: "Photos" },
        { id: "prompt", type: "text", label: "Prompt" },
      ],
    },
  ],
  output: "file",
  license: { code: "Apache-2.0" },
};
const app = (steps: object[], rest: object = {}) => checkManifest({ ...APP, runner: { type: "app", steps, ...rest } });
const step = (id: string, rest: object = {}) => ({ id, model: "a/b", ...rest });

test("a text is read into what stands in it and what is referred to", () => {
  assert.deepEqual(templateOf("a ${inputs.prompt} and ${steps.cut.files[2] ?? each}."), [
    "a ",
    [{ kind: "input", id: "prompt" }],
    " and ",
    [{ kind: "files", step: "cut", own: false, index: 2 }, { kind: "each" }],
    ".",
  ]);
  assert.deepEqual(wholeExpression(templateOf("${steps.cut.each.text}")), [{ kind: "text", step: "cut", own: true }]);
  assert.equal(wholeExpression(templateOf("${number} of ${number}")), undefined);
  assert.deepEqual(templateOf(""), []);
  for (const wrong of [
    "${",
    "${}",
    "${steps.cut}",
    "${steps.cut.files[-1]}",
    "${inputs.a.b}",
    "${process.env}",
    "${each ?? }",
  ])
    assert.equal(readTemplate(wrong).ok, false, wrong);
});

test("an app whose references lead somewhere is read", () => {
  const read = app(
    [
      step("cut", { each: "${inputs.photos}", inputs: { a: "${each}", n: "${number}" } }),
      step("place", { each: "${inputs.photos}", inputs: { a: "${steps.cut.each.files[0]}" } }),
      step("film", { when: [{ value: "${inputs.prompt}", not: ["none", ""] }], inputs: { a: "${steps.place.files}" } }),
    ],
    { outputs: ["${steps.film.files}", "${steps.cut.files}"] },
  );
  assert.equal(read.ok, true, read.ok ? "" : JSON.stringify(read.problems));
});

test("what is wrong with an app is said with its place", () => {
  const cases: [string, ReturnType<typeof app>, RegExp][] = [
    ["no steps", app([]), /runner\.steps/],
    ["twice", app([step("a"), step("a")]), /runner\.steps\.1\.id: there is a step a already/],
    ["a later step", app([step("a", { inputs: { x: "${steps.b.text}" } }), step("b")]), /no earlier step b/],
    ["itself", app([step("a", { inputs: { x: "${steps.a.text}" } })]), /no earlier step a/],
    [
      "an input that is not there",
      app([step("a", { inputs: { x: "${inputs.nothing}" } })]),
      /the app has no input nothing/,
    ],
    ["each without each", app([step("a", { inputs: { x: "${each}" } })]), /only in the inputs of a step with `each`/],
    ["each of text", app([step("a", { each: "photos" })]), /must be one \$\{…\}/],
    ["each of one file", app([step("a"), step("b", { each: "${steps.a.files[0]}" })]), /must be files/],
    [
      "own of another each",
      app([step("a"), step("b", { each: "${inputs.photos}", inputs: { x: "${steps.a.each.files}" } })]),
      /the same `each`/,
    ],
    ["max without each", app([step("a", { max: 3 })]), /is for a step with `each`/],
    ["a condition in words", app([step("a", { when: { value: "yes" } })]), /must be one \$\{…\}/],
    ["an input as output", app([step("a")], { outputs: ["${inputs.prompt}"] }), /must be what a step made/],
    ["a field that there is not", app([step("a", { retry: 3 })]), /retry/],
    [
      "a price of its own",
      checkManifest({ ...APP, price: [{ method: "cpr", price: "1" }], runner: { type: "app", steps: [step("a")] } }),
      /no price of its own/,
    ],
    [
      "a model without a price",
      checkManifest({ ...APP, runner: { type: "command", command: ["true"] } }),
      /at least one row/,
    ],
  ];
  for (const [name, read, problem] of cases) {
    assert.equal(read.ok, false, name);
    if (!read.ok) assert.match(read.problems.map(({ text }) => text).join("\n"), problem, name);
  }
});
