import assert from "node:assert/strict";
import { test } from "node:test";
import { InputGroup } from "@modelyard/contract";
import { type FormValues, formValues } from "./form-values.ts";
import { jsonOf, readJson } from "./json-values.ts";

const form = {
  inputs: [
    InputGroup.parse({
      title: "All",
      items: [
        { id: "prompt", type: "textarea", label: "Prompt", required: true },
        { id: "steps", type: "number", label: "Steps", min: 1, max: 9, default: 4 },
        { id: "style", type: "select", label: "Style", options: [{ value: "a", label: "Plain" }, { value: "b" }] },
        { id: "loop", type: "checkbox", label: "Loop" },
        { id: "picture", type: "fileinput", label: "Picture" },
        { id: "frames", type: "multifileinput", label: "Frames" },
        { id: "blur", type: "number", label: "Blur", default: 1, when: { picture: true } },
      ],
    }),
  ],
};
const file = new File(["x"], "lake.jpg", { type: "image/jpeg" });
const before: FormValues = { ...formValues(form, { prompt: "hi", blur: 7 }), picture: [{ kind: "file", file }] };
const said = (text: string) => readJson(form, text, before).problems.map((problem) => problem.text);

test("the form as JSON is what a run sends; read again it is the same form, chosen files included", () => {
  const text = jsonOf(form, before);
  assert.deepEqual(JSON.parse(text), {
    prompt: "hi",
    steps: 4,
    style: "a",
    loop: false,
    picture: { file: "lake.jpg" },
    blur: 7,
  });
  const { values, problems } = readJson(form, text, before);
  assert.deepEqual(problems, []);
  assert.deepEqual(values, before);
});

test("what is typed is in the form: numbers, options, checkboxes, addresses, and defaults for what is left out", () => {
  const text = `{"prompt":"a \\"b\\"","steps":"5","style":"b","loop":true,"frames":["https://a.example/1.png","https://a.example/2.png"]}`;
  const { values, problems } = readJson(form, text, before);
  assert.deepEqual(problems, []);
  assert.deepEqual(values, {
    prompt: 'a "b"',
    steps: "5",
    style: "b",
    loop: true,
    picture: [],
    frames: [
      { kind: "url", url: "https://a.example/1.png" },
      { kind: "url", url: "https://a.example/2.png" },
    ],
    // It does not apply without a picture, and is there when one comes back.
    blur: "7",
  });
});

test("errors of the text are named with their line, and the form stays", () => {
  for (const [text, problem] of [
    ["", "Line 1: there is nothing. { } means that every input has its default."],
    ["[]", "Line 1: the inputs are one object, in { and }."],
    ['{\n  "prompt": "x"\n  "steps": 4\n}', "Line 3: a comma or a closing bracket is missing before this."],
    [
      '{\n  "prompt": "x",\n}',
      "Line 3: a field's name in double quotes is missing here, or there is a comma too many.",
    ],
    ['{\n  "prompt": x\n}', "Line 2: this is no value of JSON. Text stands in double quotes."],
    ['{\n  "prompt": "x\n}', "Line 2: the closing quotation mark is missing."],
    ['{\n  "prompt" "x"\n}', "Line 2: a colon is missing before this."],
    ['{\n  "prompt":\n}', "Line 3: a value is missing here."],
    ['{\n  "prompt": "x"\n', "Line 3: the closing } is missing."],
    ['{ "frames": ["x" }', "Line 1: a comma or a closing bracket is missing before this."],
    ["{}\n{}", "Line 2: something follows the closing }."],
    ['{\n// no\n"prompt": "x"}', "Line 2: JSON has no comments."],
    ['{"prompt": "\\q"}', "Line 1: JSON knows no such character after \\."],
  ] as const) {
    const read = readJson(form, text, before);
    assert.equal(read.values, undefined, text);
    assert.deepEqual(
      read.problems.map((one) => [one.text, one.blocks]),
      [[problem, true]],
      text,
    );
  }
});

test("values are checked by the rules of the API, each with its line and the field's name", () => {
  assert.deepEqual(said('{\n "prompt": {},\n "steps": 99,\n "style": "c",\n "loop": "yes",\n "frames": [4]\n}'), [
    "Line 2: Prompt (prompt): This must be text.",
    "Line 3: Steps (steps): Choose a number from 1 to 9.",
    "Line 4: Style (style): Choose one of the values offered.",
    "Line 5: Loop (loop): This must be true or false.",
  ]);
  assert.deepEqual(said("{}"), ["Prompt is needed."]);
  const { values } = readJson(form, '{"prompt":{},"steps":99}', before);
  assert.equal(values?.prompt, "hi", "what no form can hold changes nothing there");
  assert.equal(values?.steps, "99");
});

test("fields that the model does not have, that are there twice, or that do not apply, are named and stop nothing", () => {
  const { problems } = readJson(
    form,
    '{\n "promt": "x",\n "prompt": "x",\n "prompt": "y",\n "zzz": 1,\n "blur": 3\n}',
    before,
  );
  assert.deepEqual(
    problems.map(({ text, blocks }) => [text, blocks]),
    [
      ["Line 2: the model has no input promt. Did you mean prompt?", false],
      ["Line 4: prompt is there a second time. The last one counts.", false],
      ["Line 5: the model has no input zzz", false],
      ["Line 6: Blur (blur) applies only when picture is given. It is not sent.", false],
    ],
  );
  assert.deepEqual(said('{"prompt":"x","picture":{"file":"sea.jpg"}}'), [
    "Line 1: Picture (picture): sea.jpg is no file that you have chosen in the form. Choose it there, or write an address.",
  ]);
});
