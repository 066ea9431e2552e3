import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { test } from "node:test";
import { type ArchivedFile, shellModel, tarGz, temporaryFolder } from "@modelyard/testing";
import { ArchiveError, unpackModel } from "./archive.ts";

const folder = temporaryFolder("archive");
const plain = shellModel("bad", "echo x");

async function unpack(archive: Buffer, pieces = archive.length): Promise<string> {
  const dir = mkdtempSync(join(folder, "in-"));
  const chunks = Array.from({ length: Math.ceil(archive.length / pieces) }, (_, n) =>
    archive.subarray(n * pieces, (n + 1) * pieces),
  );
  await unpackModel(Readable.from(chunks), dir);
  return dir;
}

test("files come out with their modes; what belongs to no model stays out", async () => {
  const dir = await unpack(
    await tarGz([
      { name: "./", type: "directory" },
      { name: "./model.yaml", text: "a: 1" },
      { name: "./bin/tool", text: "x", mode: 0o755 },
      { name: "./node_modules/x/index.js", text: "x" },
      { name: "./a.test.ts", text: "x" },
      { name: `./${"long/".repeat(8)}${"n".repeat(150)}`, text: "a long path" },
    ]),
    7,
  );
  assert.deepEqual(readdirSync(dir).sort(), ["bin", "long", "model.yaml"]);
  assert.equal(readFileSync(join(dir, "model.yaml"), "utf8"), "a: 1");
  assert.equal(statSync(join(dir, "bin/tool")).mode & 0o777, 0o755);
});

const REFUSED: [string, ArchivedFile[], RegExp][] = [
  ["a way out", [{ name: "../../x", text: "x" }], /leads out of the archive/],
  ["a way out inside a path", [{ name: "a/../../x", text: "x" }], /leads out of the archive/],
  ["an absolute path", [{ name: "/tmp/x", text: "x" }], /not relative/],
  ["a symbolic link", [{ name: "passwd", type: "symlink", linkname: "/etc/passwd" }], /passwd is a symlink/],
  ["a hard link", [{ name: "passwd", type: "link", linkname: "model.yaml" }], /passwd is a link/],
  ["a device", [{ name: "null", type: "character-device" }], /character-device/],
  ["a pipe", [{ name: "pipe", type: "fifo" }], /fifo/],
  ["a name twice", plain, /twice/],
  ["a file that is a folder", [{ name: "run.sh/x", text: "x" }], /also a folder/],
  ["too deep", [{ name: `${"d/".repeat(16)}x`, text: "x" }], /deeper than 16/],
  ["too long", [{ name: "n".repeat(256), text: "x" }], /longer than 255 bytes/],
  ["too many", Array.from({ length: 2001 }, (_, n) => ({ name: `${n}` })), /more than 2000 entries/],
  ["a bomb", [{ name: "zeros", text: Buffer.alloc(30 * 2 ** 20) }], /grows more than 200 times/],
  ["a large file", [{ name: "big", text: Buffer.alloc(65 * 2 ** 20) }], /larger than 64 MiB/],
];

for (const [what, entries, message] of REFUSED) {
  test(`refused: ${what}`, { timeout: 20_000 }, async () => {
    await assert.rejects(unpack(await tarGz([...plain, ...entries])), (error) => {
      assert.ok(error instanceof ArchiveError, String(error));
      assert.match(error.message, message);
      return true;
    });
  });
}

test("an archive that breaks off anywhere is refused, never waited for", { timeout: 60_000 }, async () => {
  // Files that do not pack, so that the breaks fall into headers, files and between them.
  const noise = ["a", "b", "c"].map((name) => ({ name, text: randomBytes(7_000) }));
  const whole = await tarGz([...plain, ...noise]);
  for (let end = 0; end < whole.length - 8; end += 611) {
    await assert.rejects(unpack(whole.subarray(0, end), 100), ArchiveError, `after ${end} of ${whole.length} bytes`);
  }
  await assert.rejects(unpack(Buffer.from("this is no archive at all")), /no \.tar\.gz/);
});
