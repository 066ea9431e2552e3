import assert from "node:assert/strict";
import { test } from "node:test";
import { InputGroup } from "@modelyard/contract";
import { formValues } from "../model/form-values.ts";
import { carried, withValues } from "./given.ts";
import { severalProblem, splitValues, variable, variations } from "./several.ts";

const form = (...items: object[]) => ({ inputs: [InputGroup.parse({ title: "Input", items })] });
const speaker = { id: "voice", type: "select", label: "Voice", options: [{ value: "a" }, { value: "b" }] };
const first = form(
  { id: "prompt", type: "textarea", label: "Prompt" },
  { id: "seed", type: "number", label: "Seed", min: 0, max: 100 },
  { id: "picture", type: "multifileinput", label: "Picture" },
  { id: "mode", type: "text", label: "Mode" },
  speaker,
);

test("several values: split, each once, one form for each run; what is wrong is said", () => {
  assert.deepEqual(splitValues(" 1, 2 3;2,"), ["1", "2", "3"]);
  const values = formValues(first, { prompt: "a lake" });
  assert.deepEqual(
    variable(first, values).map(({ id }) => id),
    ["seed", "voice"],
  );
  const [seed, voice] = variable(first, values);
  assert.ok(seed && voice);
  const made = variations(values, { id: "seed", values: ["1", "2"] });
  assert.deepEqual(
    made.map(({ prompt, seed }) => [prompt, seed]),
    [
      ["a lake", "1"],
      ["a lake", "2"],
    ],
  );
  assert.equal(severalProblem(seed, { id: "seed", values: ["1", "2", "3"] }, 3), undefined);
  assert.match(severalProblem(seed, { id: "seed", values: [] }, 3) ?? "", /1, 2, 3/);
  assert.match(severalProblem(seed, { id: "seed", values: ["1", "200"] }, 3) ?? "", /200: .*0 to 100/);
  assert.match(severalProblem(seed, { id: "seed", values: ["1", "2"] }, 1) ?? "", /At most 1/);
  assert.match(severalProblem(voice, { id: "voice", values: [] }, 3) ?? "", /Tick/);
});

test("another model's form takes what it shares by id and kind, and says what it leaves", () => {
  const address = "https://files.example/a.png";
  const given = withValues(
    new Map(),
    first,
    formValues(first, { prompt: "a lake", seed: 7, picture: [address, `${address}?2`], mode: "x", voice: "b" }),
  );
  const second = form(
    { id: "prompt", type: "text", label: "Words" },
    { id: "seed", type: "range", label: "Seed", default: 1 },
    { id: "picture", type: "fileinput", label: "Frame" },
    { id: "mode", type: "number", label: "Mode" },
    { ...speaker, options: [{ value: "a" }, { value: "c" }] },
    { id: "size", type: "number", label: "Size", default: 3 },
  );
  const { values, left } = carried(given, second);
  assert.deepEqual(values, {
    prompt: "a lake",
    seed: "7",
    picture: [{ kind: "url", url: address }],
    mode: "",
    voice: "a",
    size: "3",
  });
  assert.deepEqual(left, ["Mode", "Voice"]);
  // Back on the first model, what the second had no place for is still there.
  const back = carried(withValues(given, form({ id: "size", type: "number", label: "Size" }), { size: "4" }), first);
  assert.deepEqual([back.values.mode, back.left], ["x", ["Size"]]);
});
