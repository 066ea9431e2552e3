/** Rows 92 of the bad-input list: what a hostile model leaves as its outputs, and what becomes of it. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import { after, beforeEach, describe, it } from "node:test";
import { takeFolders } from "../isolation/ownership.ts";
import { testFolder } from "../runners/fixtures/support.ts";
import { collectOutputs, OutputLimitError, readCollected } from "./outputs.ts";
import { removeForeign } from "./remove-foreign.ts";

const root = testFolder();
after(() => fs.rmSync(root, { recursive: true, force: true }));
const limits = { outputFiles: 5, outputBytes: 1000 } as Parameters<typeof collectOutputs>[1];
let dir = "";
let count = 0;
const at = (...parts: string[]) => path.join(dir, ...parts);
const secret = path.join(root, "secret");
fs.writeFileSync(secret, "the worker's secret");

beforeEach(() => {
  dir = path.join(root, String(++count));
  fs.mkdirSync(at("out"), { recursive: true });
});

async function collect(): Promise<Record<string, string>> {
  const { files } = await collectOutputs(at("out"), limits);
  const found: Record<string, string> = {};
  for (const file of files) {
    found[file.name] = (await buffer(readCollected(file))).toString();
    await file.handle.close();
  }
  return found;
}

describe("collecting outputs", () => {
  it("takes plain files in the order of their names", async () => {
    for (const name of ["b.txt", "a10.txt", "a2.txt"]) fs.writeFileSync(at("out", name), name);
    assert.deepEqual(Object.keys(await collect()), ["a2.txt", "a10.txt", "b.txt"]);
  });

  const passedOver: [string, () => void][] = [
    ["a link to a file of the worker", () => fs.symlinkSync(secret, at("out", "x"))],
    ["a link to a folder", () => fs.symlinkSync(root, at("out", "x"))],
    ["a second name of a file of the worker", () => fs.linkSync(secret, at("out", "x"))],
    ["a FIFO", () => execFileSync("mkfifo", [at("out", "x")])],
    ["a folder, and what is in it", () => fs.mkdirSync(at("out", "x", "y"), { recursive: true })],
    ["a name that begins with a dot", () => fs.writeFileSync(at("out", ".x"), "")],
    ["a name with a line break", () => fs.writeFileSync(at("out", "x\r\nset-cookie: y"), "")],
    ["a name with a backslash", () => fs.writeFileSync(at("out", "..\\x"), "")],
    ["a name that turns the text around", () => fs.writeFileSync(at("out", "x\u202egnp.exe"), "")],
    [
      "a name that is no UTF-8",
      () => fs.writeFileSync(Buffer.concat([Buffer.from(at("out", "x")), Buffer.from([0xff])]), ""),
    ],
    ["a name of 250 bytes", () => fs.writeFileSync(at("out", "x".repeat(250)), "")],
  ];
  for (const [name, make] of passedOver) {
    it(`passes over ${name}`, async () => {
      fs.writeFileSync(at("out", "good"), "good");
      make();
      assert.deepEqual(await collect(), { good: "good" });
    });
  }

  it("says what it left out, three at most, and nothing of hidden files", async () => {
    const leftOut = async () => (await collectOutputs(at("out"), limits)).leftOut.sort();
    fs.writeFileSync(at("out", ".hidden"), "");
    assert.deepEqual(await leftOut(), []);
    fs.mkdirSync(at("out", "parts"));
    fs.symlinkSync("parts", at("out", "shortcut"));
    assert.deepEqual(await leftOut(), ["parts (a folder)", "shortcut (a link)"]);
    for (let n = 0; n < 5; n++) fs.writeFileSync(at("out", `x\n${n}`), "");
    assert.equal((await leftOut()).length, 3);
  });

  it("passes over a device file", { skip: process.getuid?.() !== 0 }, async () => {
    execFileSync("mknod", [at("out", "x"), "c", "1", "5"]);
    assert.deepEqual(await collect(), {});
  });

  it("a link in the place of the folder itself shows nothing", async () => {
    fs.rmdirSync(at("out"));
    fs.symlinkSync(root, at("out"));
    assert.deepEqual(await collect(), {});
    fs.rmSync(at("out"));
    fs.writeFileSync(at("out"), "a file");
    assert.deepEqual(await collect(), {});
    fs.rmSync(at("out"));
    assert.deepEqual(await collect(), {});
  });

  it("counts a sparse file by the size that it claims", async () => {
    fs.closeSync(fs.openSync(at("out", "x"), "w"));
    fs.truncateSync(at("out", "x"), 2 ** 40);
    await assert.rejects(
      collect(),
      (error: Error) => error instanceof OutputLimitError && /1000 bytes/.test(error.message),
    );
  });

  it("names the limit of files, and does not read through a folder without end", async () => {
    for (let n = 0; n < 6; n++) fs.writeFileSync(at("out", String(n)), "");
    await assert.rejects(collect(), /more than 5 files/);
    for (let n = 0; n < 6; n++) fs.rmSync(at("out", String(n)));
    for (let n = 0; n < 10_001; n++) fs.symlinkSync("x", at("out", String(n)));
    await assert.rejects(collect(), /more than 10000 files/);
  });
});

describe("taking a folder back", { skip: process.getuid?.() !== 0 }, () => {
  it("from a model that opened it to everybody; a link in its place is left alone", () => {
    fs.chownSync(at("out"), 1_900_000_001, 1_900_000_001);
    fs.chmodSync(at("out"), 0o777);
    const before = fs.statSync(root);
    fs.symlinkSync(root, at("link"));
    takeFolders([at("out"), at("link"), at("missing")]);
    const { uid, mode } = fs.statSync(at("out"));
    assert.deepEqual({ uid, mode: mode & 0o777 }, { uid: 0, mode: 0o755 });
    assert.equal(fs.statSync(root).mode, before.mode);
  });
});

describe("removing a folder that foreign code wrote", () => {
  it("follows no link and opens what was closed", async () => {
    fs.symlinkSync(root, at("out", "link"));
    fs.mkdirSync(at("out", "closed", "deep"), { recursive: true });
    fs.writeFileSync(at("out", "closed", "deep", "file"), "");
    fs.chmodSync(at("out", "closed"), 0);
    await removeForeign(dir);
    assert.ok(!fs.existsSync(dir));
    assert.equal(fs.readFileSync(secret, "utf8"), "the worker's secret");
    await removeForeign(dir);
  });
});
