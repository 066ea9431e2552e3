import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, describe, it } from "node:test";
import { testFolder, until } from "../runners/fixtures/support.ts";
import { RunFolders } from "./run-folders.ts";

const root = testFolder();
after(() => fs.rmSync(root, { recursive: true, force: true }));

describe("folders of runs", () => {
  it("each version's lie in a folder of its own, under names that cannot be guessed", async () => {
    const folders = new RunFolders(path.join(root, "names"), { reuse: false });
    const one = folders.take("v1");
    const other = folders.take("v2");
    assert.equal(path.dirname(one.dir), folders.folderOf("v1"));
    assert.equal(path.dirname(other.dir), folders.folderOf("v2"));
    assert.match(path.basename(one.dir), /^[0-9a-f]{24}$/);
    assert.deepEqual(fs.readdirSync(one.dir), ["out"]);
    await folders.close();
    assert.ok(!fs.existsSync(path.join(root, "names")));
  });

  it("an untouched folder is used again only where that is allowed; a touched one never is", async () => {
    const free = new RunFolders(path.join(root, "free"), { reuse: true });
    const first = free.take("v");
    free.give("v", first);
    const again = free.take("v");
    assert.equal(again.dir, first.dir);
    fs.writeFileSync(path.join(again.outputDir, "x"), "");
    free.give("v", again);
    assert.notEqual(free.take("v").dir, first.dir);
    await free.close();

    const confined = new RunFolders(path.join(root, "confined"), { reuse: false });
    const once = confined.take("v");
    confined.give("v", once);
    assert.notEqual(confined.take("v").dir, once.dir);
    await until("it is removed", 5000, () => !fs.existsSync(once.dir));
    await confined.close();
  });
});
