import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { FIXTURE_MODELS } from "@modelyard/testing";
import { Catalogue, type CatalogueModel } from "./catalogue.ts";
import { readModelFolder } from "./folder.ts";

const echo = readModelFolder(join(FIXTURE_MODELS, "test/echo"));

/** The model at a version of that letter. */
function at(letter: string): CatalogueModel {
  return { ...echo, id: 7, cleanOwner: "test", cleanSlug: "echo", version: letter.repeat(64) };
}
const added = (letter: string, addedAt: number) => ({ model: at(letter), addedBy: "command line", addedAt });

test("an active added version wins over the folder's; without one the folder's is there", () => {
  const catalogue = new Catalogue();
  catalogue.setFolder(at("f"));
  const active = () => catalogue.find("TEST", "Echo")?.version[0];
  assert.equal(active(), "f");
  catalogue.setAdded(added("a", 1), { active: true });
  catalogue.setAdded(added("b", 2), { active: false });
  assert.equal(active(), "a");
  catalogue.activate(7, at("b").version);
  assert.equal(active(), "b");
  catalogue.activate(7, undefined);
  assert.equal(active(), "f");
  catalogue.activate(7, at("a").version);
  catalogue.remove(7, 3);
  assert.equal(active(), "f");
  assert.deepEqual(catalogue.removed(), []);
  assert.equal(catalogue.byVersion(at("a").version)?.version[0], "a", "a worker may still fetch its files");
});

test("a removed model is known and not listed; added again, it is there", () => {
  const catalogue = new Catalogue();
  catalogue.setAdded(added("a", 1), { active: true });
  catalogue.remove(7, 3);
  assert.deepEqual([catalogue.all(), catalogue.current(7), catalogue.find("test", "echo")], [[], undefined, undefined]);
  assert.equal(catalogue.byId(7)?.cleanSlug, "echo");
  assert.deepEqual(catalogue.removed(), [{ id: 7, at: 3 }]);
  catalogue.setAdded(added("a", 4), { active: true });
  assert.deepEqual([catalogue.removed(), catalogue.current(7)?.version[0]], [[], "a"]);
});

test("where the files of the chosen version are gone, the newest of the others is used", () => {
  const catalogue = new Catalogue();
  catalogue.setAdded(added("a", 1), { active: false });
  catalogue.setAdded(added("b", 2), { active: false });
  assert.equal(catalogue.current(7)?.version[0], "b");
});

test("every change is told, after it has been made", () => {
  const catalogue = new Catalogue();
  const seen: (string | undefined)[] = [];
  const end = catalogue.changed(() => seen.push(catalogue.current(7)?.version[0]));
  catalogue.setFolder(at("f"));
  catalogue.setAdded(added("a", 1), { active: true });
  catalogue.activate(7, undefined);
  catalogue.remove(7, 2);
  end();
  catalogue.setAdded(added("b", 3), { active: true });
  assert.deepEqual(seen, ["f", "a", "f", "f"]);
});
