/** What is true of every model that ships. */
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { cleanSlug, isProgram, items, type Manifest, readInputs, sampleOf } from "@modelyard/contract";
import { findModelFolders, readModelFolder } from "@modelyard/server/models";

const ROOT = fileURLToPath(new URL(".", import.meta.url));
const folders = findModelFolders(ROOT).map(readModelFolder);

test("every folder is a model, named like the folder, with a readme that names its licences", () => {
  const owners = readdirSync(ROOT, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const there = owners.flatMap(({ name }) => readdirSync(join(ROOT, name)));
  assert.equal(folders.length, there.length);
  for (const { dir, manifest } of folders) {
    const names = dir.split("/").slice(-2).map(cleanSlug);
    assert.deepEqual(names, [cleanSlug(manifest.owner), cleanSlug(manifest.slug)], dir);
    assert.ok(existsSync(join(dir, "README.md")), dir);
    assert.ok(
      manifest.weights.length === 0 || manifest.license.weights,
      `${manifest.slug} has weights without a licence`,
    );
  }
});

test("samples are files of the folder, and their inputs are inputs that the model takes", () => {
  const filesOf = (manifest: Manifest, inputs: Record<string, unknown>) =>
    items(manifest).flatMap(({ id, type }) => (type.endsWith("fileinput") && inputs[id] ? [String(inputs[id])] : []));
  for (const { dir, manifest } of folders) {
    for (const sample of manifest.samples.map(sampleOf)) {
      const inputs = sample.inputs ?? {};
      for (const file of [sample.file, ...filesOf(manifest, inputs)])
        assert.ok(existsSync(join(dir, file)), `${dir}/${file}`);
      const known = items(manifest).map(({ id }) => id);
      for (const id of Object.keys(inputs)) assert.ok(known.includes(id), `${manifest.slug} has no input ${id}`);
      const texts = items(manifest).filter(({ type }) => !type.endsWith("fileinput"));
      const read = readInputs({ inputs: [{ title: "", subtitle: "", items: texts }] }, inputs);
      assert.ok(read.ok, `${manifest.slug} ${sample.file}: ${read.ok ? "" : read.errors[0]?.message}`);
    }
  }
});

test("models that run out of the box show at least two samples; those to be pulled are previews", () => {
  for (const { manifest } of folders) {
    if (!isProgram(manifest)) continue;
    if (manifest.pull) assert.equal(manifest.lifecycle, "preview", manifest.slug);
    else assert.ok(manifest.samples.length >= 2, manifest.slug);
  }
});

test("an item is drawn on a picture that the form has", () => {
  for (const { manifest } of folders)
    for (const { id, draw } of items(manifest))
      if (draw)
        assert.ok(
          items(manifest).some((item) => item.id === draw.of && item.type === "fileinput"),
          `${manifest.slug} ${id}`,
        );
});
