import assert from "node:assert/strict";
import { test } from "node:test";
import sample from "./fixtures/manifest.json" with { type: "json" };
import { hiddenInputs, readInputs } from "./inputs.ts";
import { Manifest } from "./manifest.ts";
import { quote } from "./price.ts";
import { dependentsOf, isConditional, whenWords } from "./when.ts";

const item = (id: string, type: string, rest: object = {}) => ({ id, type, label: id, ...rest });
const options = [{ value: "text" }, { value: "image" }, { value: "video" }];
const manifestOf = (inputs: object[]) => ({ ...sample, inputs, price: [{ method: "cpr", price: "1" }] });
const form = Manifest.parse({
  ...manifestOf([
    { title: "What", items: [item("mode", "select", { options }), item("loop", "checkbox"), item("note", "text")] },
    {
      title: "From",
      when: { mode: ["image", "video"] },
      items: [
        item("picture", "fileinput", { required: true }),
        item("strength", "range", { when: { picture: true }, min: 0, max: 1, default: 0.5 }),
        item("seconds", "number", { when: { mode: "video" }, required: true, min: 1, max: 9, default: 3 }),
      ],
    },
    {
      title: "Rest",
      items: [
        item("times", "number", { when: { loop: true, seconds: [1, 2] }, default: 7 }),
        item("prompt", "text", { when: { picture: false }, required: true }),
      ],
    },
  ]),
  price: [
    { method: "cpr", price: "5", inputs: { seconds: "3" } },
    { method: "cpr", price: "1" },
  ],
});
const values = (raw: Record<string, unknown>) => {
  const read = readInputs(form, raw);
  assert.ok(read.ok, read.ok ? "" : read.errors.map(({ message }) => message).join());
  return read.inputs.values;
};

test("an item applies by an option, a file, a checkbox, a number and the condition of its group", () => {
  assert.deepEqual(values({ prompt: "x" }), { mode: "text", loop: false, note: "", prompt: "x" });
  const picture = [{ url: "https://a.example/b.png" }];
  assert.deepEqual(values({ mode: "image", picture: picture[0]?.url }), {
    mode: "image",
    loop: false,
    note: "",
    picture,
    strength: 0.5,
  });
  assert.deepEqual(values({ mode: "video", picture: picture[0]?.url, seconds: "2", loop: 1 }), {
    mode: "video",
    loop: true,
    note: "",
    picture,
    strength: 0.5,
    seconds: 2,
    times: 7,
  });
});

test("what does not apply is not required, and what is sent for it is neither checked nor kept", () => {
  assert.deepEqual(
    values({ prompt: "x", picture: { no: "file" }, seconds: "many", strength: 99 }),
    values({ prompt: "x" }),
  );
  const missing = readInputs(form, { mode: "video" });
  assert.deepEqual(missing.ok || missing.errors.map(({ message }) => message), [
    "Request files [picture] required",
    "Request parameter [prompt] required",
  ]);
  // A value that cannot be used is none: the one error is its own.
  assert.deepEqual([...hiddenInputs(form, { mode: "nothing" })], ["picture", "strength", "seconds", "times"]);
});

test("a price by an item that does not apply is not the price", () => {
  assert.equal(quote(form, values({ prompt: "x", seconds: 3 })).price, 1_000_000_000n);
  assert.equal(quote(form, values({ mode: "video", picture: "https://a.example/b.png" })).price, 5_000_000_000n);
});

test("conditions in words, and what depends on what", () => {
  assert.equal(whenWords(form, "strength"), "mode is image or video, and picture is given");
  assert.equal(whenWords(form, "prompt"), "picture is not given");
  assert.equal(whenWords(form, "times"), "loop is true, and seconds is 1 or 2");
  assert.equal(whenWords(form, "note"), "");
  assert.deepEqual([isConditional(form, "note"), isConditional(form, "picture")], [false, true]);
  assert.deepEqual([...dependentsOf(form, ["mode"])].sort(), ["picture", "prompt", "seconds", "strength", "times"]);
  assert.deepEqual([...dependentsOf(form, ["note"])], []);
});

for (const [what, inputs, problem] of [
  [
    "a name that does not exist",
    [{ title: "A", items: [item("a", "text", { when: { b: true } })] }],
    "inputs.0.items.0.when.b: there is no input b",
  ],
  [
    "an option that does not exist",
    [
      {
        title: "A",
        items: [item("mode", "select", { options }), item("a", "text", { when: { mode: ["image", "sound"] } })],
      },
    ],
    'inputs.0.items.1.when.mode: mode has no option "sound"',
  ],
  [
    "a select that is asked whether it has a value",
    [{ title: "A", items: [item("mode", "select", { options }), item("a", "text", { when: { mode: true } })] }],
    "inputs.0.items.1.when.mode: mode always has a value: write which one",
  ],
  [
    "a number that is text",
    [{ title: "A", items: [item("n", "number"), item("a", "text", { when: { n: "two" } })] }],
    'inputs.0.items.1.when.n: n is a number, and "two" is none',
  ],
  [
    "a file by its name",
    [{ title: "A", items: [item("f", "fileinput"), item("a", "text", { when: { f: "x.png" } })] }],
    "inputs.0.items.1.when.f: f is a file: write true (there is one) or false (there is none)",
  ],
  [
    "a checkbox by a word",
    [{ title: "A", items: [item("c", "checkbox"), item("a", "text", { when: { c: "yes" } })] }],
    "inputs.0.items.1.when.c: c is a checkbox: write true or false",
  ],
  [
    "itself",
    [{ title: "A", items: [item("a", "text", { when: { a: true } })] }],
    "inputs.0.items.0.when.a: this goes in a circle: a → a",
  ],
  [
    "two that wait for each other",
    [{ title: "A", items: [item("a", "text", { when: { b: true } }), item("b", "text", { when: { a: "x" } })] }],
    "inputs.0.items.0.when.b: this goes in a circle: a → b → a",
  ],
  [
    "a group by one of its own items",
    [{ title: "A", when: { a: true }, items: [item("a", "text")] }],
    "inputs.0.when.a: this goes in a circle: a → a",
  ],
] as const) {
  test(`refused, and the place is named: ${what}`, () => {
    const result = Manifest.safeParse(manifestOf([...inputs]));
    assert.ok(!result.success);
    const said = result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    assert.equal(said[0], problem);
  });
}

test("a condition without values is refused", () => {
  const inputs = [{ title: "A", items: [item("a", "text"), item("b", "text", { when: { a: [] } })] }];
  assert.ok(!Manifest.safeParse(manifestOf(inputs)).success);
});
