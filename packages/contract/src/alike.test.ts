import assert from "node:assert/strict";
import { test } from "node:test";
import { likenessOf } from "./alike.ts";
import type { Form } from "./manifest-items.ts";

const form = {
  inputs: [
    {
      items: [
        { id: "prompt", type: "textarea", label: "Prompt" },
        { id: "steps", type: "number", label: "Steps" },
        { id: "seed", type: "number", label: "Seed" },
        { id: "loop", type: "checkbox", label: "Loop" },
        { id: "pictures", type: "multifileinput", label: "Pictures" },
      ],
    },
  ],
} as unknown as Form;
const some = { prompt: "a harbour", steps: 20, seed: 1, loop: false, pictures: [{ url: "https://a.example/1.png" }] };
const same = (other: Partial<typeof some>) => likenessOf(form, some) === likenessOf(form, { ...some, ...other });

test("runs are alike whatever their words, seeds and files are", () => {
  assert.ok(same({ prompt: "a lighthou" }));
  assert.ok(same({ seed: 99 }));
  assert.ok(same({ pictures: [{ url: "https://b.example/2.png" }] }));
  assert.match(likenessOf(form, some), /^[0-9a-z]{1,7}$/);
});

test("they are not where an option, a number, the length of a text or the number of files is another", () => {
  assert.ok(!same({ steps: 40 }));
  assert.ok(!same({ loop: true }));
  assert.ok(!same({ prompt: "a harbour ".repeat(20) }));
  assert.ok(!same({ prompt: "" }));
  assert.ok(!same({ pictures: [] }));
  const { steps: _steps, ...without } = some;
  assert.notEqual(likenessOf(form, some), likenessOf(form, without));
});
