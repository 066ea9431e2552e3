import assert from "node:assert/strict";
import { test } from "node:test";
import sample from "./fixtures/manifest.json" with { type: "json" };
import { Item, Manifest } from "./manifest.ts";
import { isFileItem, items } from "./manifest-items.ts";

const [group] = sample.inputs as { items: Record<string, unknown>[] }[];

test("a manifest with every item type, defaults filled in", () => {
  const manifest = Manifest.parse(sample);
  assert.deepEqual([...new Set(items(manifest).map(({ type }) => type))].sort(), [...Item.shape.type.options].sort());
  assert.deepEqual(
    items(manifest)
      .filter(isFileItem)
      .map(({ id }) => id),
    ["picture", "frames", "mixed"],
  );
  assert.deepEqual(manifest.resources, { cpu: 1, memory: 512, gpus: 0, vram: 0 });
  assert.deepEqual(manifest.limits, {
    timeout: 100,
    outputFiles: 50,
    outputBytes: 1024 ** 3,
    processes: 512,
    diskBytes: 4 * 1024 ** 3,
    concurrency: 1,
  });
  assert.equal(manifest.network, false);
  assert.equal(manifest.lifecycle, "live");
});

const item = (change: object) => ({ inputs: [{ title: "x", items: [{ ...group?.items[0], ...change }] }] });
const without = (name: string) => ({ [name]: undefined });

for (const [name, change, where] of [
  ["no owner", without("owner"), "owner"],
  ["an owner that is a path", { owner: "../x" }, "owner"],
  ["an owner of 65 letters", { owner: "x".repeat(65) }, "owner"],
  ["a slug that begins with a dot", { slug: ".git" }, "slug"],
  ["a slug with a slash", { slug: "a/b" }, "slug"],
  ["no title", { title: "" }, "title"],
  ["a description that is too long", { description: "x".repeat(401) }, "description"],
  ["no category", { categories: [] }, "categories"],
  ["an unknown key", { colour: "red" }, ""],
  ["an unknown item type", item({ type: "slider" }), "inputs.0.items.0.type"],
  ["an item without a label", item({ label: undefined }), "inputs.0.items.0.label"],
  ["an item named like a path", item({ id: "../x" }), "inputs.0.items.0.id"],
  ["an item that begins with a digit", item({ id: "1x" }), "inputs.0.items.0.id"],
  ["an item of the prototype", item({ id: "__proto__" }), "inputs.0.items.0.id"],
  ["an item's unknown key", item({ requierd: true }), "inputs.0.items.0"],
  ["a step of zero", item({ step: 0 }), "inputs.0.items.0.step"],
  ["no price", { price: [] }, "price"],
  ["a price as a number", { price: [{ method: "cpr", price: 0.5 }] }, "price.0.price"],
  ["a negative price", { price: [{ method: "cpr", price: "-1" }] }, "price.0.price"],
  ["a price finer than a nano-dollar", { price: [{ method: "cpr", price: "0.0000000001" }] }, "price.0.price"],
  ["an unknown method", { price: [{ method: "free", price: "0" }] }, "price.0.method"],
  ["no command", { runner: { type: "command", command: [] } }, "runner.command"],
  ["a command as text", { runner: { type: "command", command: "rm -rf /" } }, "runner.command"],
  ["an unknown runner", { runner: { type: "shell", command: ["x"] } }, "runner.type"],
  ["a timeout of two days", { limits: { timeout: 172_800 } }, "limits.timeout"],
  ["half a GPU", { resources: { gpus: 0.5 } }, "resources.gpus"],
  [
    "a weight that leaves its folder",
    {
      weights: [
        {
          file: "a/../../b",
          sha256: "0".repeat(64),
          size: 1,
          license: "x",
          sources: [{ url: "https://example.org/" }],
        },
      ],
    },
    "weights.0.file",
  ],
  [
    "a weight without a source",
    { weights: [{ file: "a", sha256: "0".repeat(64), size: 1, license: "x", sources: [] }] },
    "weights.0.sources",
  ],
  [
    "a weight whose hash is none",
    { weights: [{ file: "a", sha256: "x", size: 1, license: "x", sources: [{ url: "https://example.org/" }] }] },
    "weights.0.sha256",
  ],
  ["a program that is a path", { programs: [{ name: "/bin/sh" }] }, "programs.0.name"],
  ["no license", without("license"), "license"],
  ["an unknown lifecycle", { lifecycle: "beta" }, "lifecycle"],
] as [string, object, string][]) {
  test(`refused, and the place is named: ${name}`, () => {
    const result = Manifest.safeParse({ ...sample, ...change });
    assert.ok(!result.success);
    const places = result.error.issues.map(({ path }) => path.join("."));
    assert.ok(places.includes(where), places.join(" "));
  });
}
