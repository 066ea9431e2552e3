import assert from "node:assert/strict";
import { test } from "node:test";
import { Item, type ToolFacts } from "@modelyard/contract";
import { inputsSchema, readAgentInputs } from "./agent-inputs.ts";

const form: Pick<ToolFacts, "inputs"> = {
  inputs: [
    {
      title: "Input",
      subtitle: "",
      items: [
        { id: "prompt", type: "textarea", label: "Prompt", note: "In English.", required: true, maxLength: 40 },
        { id: "steps", type: "range", label: "Steps", default: 4, min: 1, max: 8 },
        {
          id: "style",
          type: "select",
          label: "Style",
          options: [{ value: "plain", label: "Plain" }, { value: "bold" }],
        },
        { id: "loop", type: "checkbox", label: "Loop" },
        { id: "photo", type: "fileinput", label: "Photo" },
        { id: "frames", type: "multifileinput", label: "Frames", maxFiles: 2 },
      ].map((item) => Item.parse(item)),
    },
  ],
};

test("a schema with a property for each input, and only what has no default is required", () => {
  assert.deepEqual(inputsSchema(form), {
    type: "object",
    properties: {
      prompt: { title: "Prompt", description: "In English.", type: "string", maxLength: 40 },
      steps: { title: "Steps", description: "Steps", type: "number", minimum: 1, maximum: 8, default: 4 },
      style: {
        title: "Style",
        description: "Style",
        type: "string",
        oneOf: [
          { const: "plain", title: "Plain" },
          { const: "bold", title: "bold" },
        ],
      },
      loop: { title: "Loop", description: "Loop", type: "boolean" },
      photo: { title: "Photo", description: "Photo", type: "string", format: "uri" },
      frames: {
        title: "Frames",
        description: "Frames",
        type: "array",
        items: { type: "string", format: "uri" },
        maxItems: 2,
      },
    },
    required: ["prompt"],
    additionalProperties: false,
  });
});

test("what fits becomes the form's values", () => {
  const photo = "https://example.org/a.png";
  assert.deepEqual(readAgentInputs(form, { prompt: "a harbour", steps: 6, style: "bold", loop: true, photo }), {
    values: {
      prompt: "a harbour",
      steps: "6",
      style: "bold",
      loop: true,
      photo: [{ kind: "url", url: photo }],
      frames: [],
    },
  });
});

test("what does not fit is named, and nothing is put in its place without a word", () => {
  const read = readAgentInputs(form, { steps: 9, style: "wild", colour: "red" });
  assert.deepEqual(read, {
    problems: [
      "steps: Choose a number from 1 to 8.",
      "style: Choose one of the values offered.",
      "colour: There is no such input.",
      "prompt: Prompt is needed.",
    ],
  });
  assert.deepEqual(readAgentInputs(form, null), { problems: ["prompt: Prompt is needed."] });
});
