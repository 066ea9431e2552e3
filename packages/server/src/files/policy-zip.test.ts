import assert from "node:assert/strict";
import { test } from "node:test";
import { folderName, judgeZip, ZIP_LIMITS, type ZipEntryFacts } from "./policy-zip.ts";

const SIZE = 1000;
function entry(name: string, index: number, more: Partial<ZipEntryFacts> = {}): ZipEntryFacts {
  const facts = { compressed: SIZE, size: SIZE, method: 8, flags: 0, externalAttributes: 0 };
  return { name, nameBytes: Buffer.byteLength(name), ...facts, offset: index * 2 * SIZE, ...more };
}
const judge = (entries: readonly ZipEntryFacts[], end = entries.length * 2 * SIZE) => judgeZip(entries, end);

test("where the files of a good archive belong", () => {
  const names = ["a.txt", "d/", "d/e/b.txt", "d/c.txt", "d/.DS_Store", "__MACOSX/d/._c.txt"];
  const entries = names.map((name, n) =>
    entry(name, n, name.endsWith("/") ? { size: 0, compressed: 0, method: 0 } : {}),
  );
  assert.deepEqual(judge(entries), {
    ok: true,
    files: [
      { index: 0, folders: [], name: "a.txt" },
      { index: 2, folders: ["d", "e"], name: "b.txt" },
      { index: 3, folders: ["d"], name: "c.txt" },
    ],
  });
});

test("each limit is reached but not passed", () => {
  const { entries: most, entry: largest, ratio, name: longest } = ZIP_LIMITS;
  const good = (facts: Partial<ZipEntryFacts>) => judgeZip([entry("a.txt", 0, facts)], 2 ** 40).ok;
  assert.equal(judge(Array.from({ length: most }, (_, n) => entry(`${n}`, n))).ok, true);
  assert.equal(judge(Array.from({ length: most + 1 }, (_, n) => entry(`${n}`, n))).ok, false);
  assert.equal(good({ size: largest, compressed: largest }), true);
  assert.equal(good({ size: largest + 1, compressed: largest }), false);
  assert.equal(good({ size: ratio * SIZE }), true);
  assert.equal(good({ size: ratio * SIZE + 1 }), false);
  assert.equal(good({ nameBytes: longest }), true);
  assert.equal(good({ nameBytes: longest + 1 }), false);
  const five = Array.from({ length: 5 }, (_, n) =>
    entry(`${n}`, 0, { size: largest, compressed: largest, offset: n * (largest + 100) }),
  );
  assert.equal(judgeZip(five, 2 ** 40).ok, true);
  assert.equal(judgeZip([...five, entry("x", 0, { offset: 2 ** 35 })], 2 ** 40).ok, false);
});

test("entries that share bytes, or reach into the directory", () => {
  const header = 30 + 1 + SIZE;
  assert.equal(judgeZip([entry("a", 0), entry("b", 0, { offset: header })], 2 * header).ok, true);
  assert.equal(judgeZip([entry("a", 0), entry("b", 0, { offset: header - 1 })], 2 * header).ok, false);
  assert.equal(judgeZip([entry("b", 0, { offset: header }), entry("a", 0)], 2 * header).ok, true);
  assert.equal(judgeZip([entry("a", 0), entry("b", 0)], 2 * header).ok, false);
  assert.equal(judgeZip([entry("a", 0)], header - 1).ok, false);
});

test("folders get a name that folders may have", () => {
  assert.deepEqual(["a b", "ä", "v1.2", "ok_-9", "x".repeat(300)].map(folderName), [
    "a-b",
    "-",
    "v1-2",
    "ok_-9",
    "x".repeat(100),
  ]);
});
