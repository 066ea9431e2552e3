/** Wire contract 8 and reliability (c) 86: a ZIP archive is extracted, all of it or nothing. Limits: reliability.md 4. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { FileListResponse, FolderListResponse } from "@modelyard/contract";
import { type Caller, refused, STORES, startTestServer, type TestServer, temporaryFolder } from "@modelyard/testing";
import {
  blobsOf,
  folder,
  leavesNothing,
  ownCaller,
  png,
  upload,
  uploaded,
  wav,
  type ZipEntry,
  zip,
} from "./files-fixtures.ts";

const no = (why: string) => ({
  code: 0,
  message: `Request files [file] is no ZIP archive that can be extracted: ${why}`,
});
const text = (name: string, more: Partial<ZipEntry> = {}): ZipEntry => ({ name, data: `this is ${name}`, ...more });
const MIB = 1024 * 1024;

for (const store of STORES) {
  describe(`archives on ${store.kind}`, () => {
    let t: TestServer;
    let own: Caller;
    before(async () => {
      t = await startTestServer(store);
      own = await ownCaller(t);
    });
    after(() => t.close());

    /** Refused, and neither a row nor a byte of it is there afterwards. */
    async function nothingOf(archive: Buffer, message: string | RegExp): Promise<void> {
      await leavesNothing(t, () =>
        refused(upload(own, archive, "a.zip"), typeof message === "string" ? no(message) : { code: 0, message }),
      );
      const files = FileListResponse.parse((await own.call("File/List", {})).body);
      const folders = FolderListResponse.parse((await own.call("File/FolderList", {})).body);
      assert.deepEqual([files.total, folders.total], [String(kept.files), String(kept.folders)]);
    }
    /** What the first test leaves on the top level. */
    const kept = { files: 0, folders: 0 };

    test("8 the files of an archive are there with their folders, in its order; the archive is not", async () => {
      const target = await folder(own, { name: "target" });
      kept.folders = 1;
      const archive = zip([
        { name: "top.png", data: png() },
        { name: "my pictures/" },
        { name: "my pictures/one.png", data: png(3, 3) },
        { name: "my pictures/deep/two.wav", data: wav() },
        text("my pictures/note.txt"),
        { name: "__MACOSX/._top.png", data: "a Mac's note" },
        { name: ".DS_Store", data: "another" },
      ]);
      const files = await uploaded(upload(own, archive, "all.zip", { folderid: target.id }));
      assert.deepEqual(
        files.map(({ name, contenttype }) => [name, contenttype]),
        [
          ["top.png", "image/png"],
          ["one.png", "image/png"],
          ["two.wav", "audio/wav"],
          ["note.txt", "text/plain"],
        ],
      );
      assert.equal(blobsOf(t.dataDir).length, files.length);
      const answer = await fetch(files[2]?.url ?? "");
      assert.deepEqual(Buffer.from(await answer.arrayBuffer()), wav());
      const inner = FolderListResponse.parse((await own.call("File/FolderList", { parentid: target.id })).body).list;
      assert.deepEqual(
        inner.map(({ name, id }) => [name, id]),
        [["my-pictures", files[1]?.parentid]],
      );
      assert.deepEqual([files[0]?.parentid, files[3]?.parentid], [target.id, files[1]?.parentid]);
      // Again: the folders are there already and are used.
      const again = await uploaded(upload(own, archive, "all.zip", { folderid: target.id }));
      assert.deepEqual(
        again.map(({ parentid }) => parentid),
        files.map(({ parentid }) => parentid),
      );
    });

    test("8 an archive of the zip program, with a descriptor behind each entry or without", async () => {
      const dir = temporaryFolder("zip");
      mkdirSync(join(dir, "in/ä"), { recursive: true });
      writeFileSync(join(dir, "in/ä/ö.txt"), "umlauts\n".repeat(50));
      writeFileSync(join(dir, "in/p.png"), png(20, 20));
      const zipProgram = process.env.MODELYARD_TEST_ZIP ?? "zip";
      try {
        execFileSync(zipProgram, ["-q", "-r", "plain.zip", "in"], { cwd: dir });
        writeFileSync(join(dir, "piped.zip"), execFileSync(zipProgram, ["-q", "-r", "-", "in"], { cwd: dir }));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
        process.stderr.write("SKIPPED: archives of the zip program (it is not installed)\n");
        return;
      }
      kept.folders += 1;
      for (const name of ["plain.zip", "piped.zip"]) {
        const files = await uploaded(upload(own, readFileSync(join(dir, name)), name));
        assert.deepEqual(files.map((file) => file.name).sort(), ["p.png", "ö.txt"]);
      }
    });

    test("8 (c) 86 names", async () => {
      for (const [name, why] of [
        ["../x.txt", /damaged|leads out/],
        ["a/../../x.txt", /damaged|leads out/],
        ["/etc/x.txt", /damaged|not relative/],
        ["C:\\x.txt", /damaged|characters/],
        ["C:/x.txt", /damaged|not relative/],
        ["a\\b.txt", /damaged|characters/],
        ["a//b.txt", /leads out/],
        ["./b.txt", /leads out/],
        ["a\0.txt", /characters/],
        ["a\n.txt", /characters/],
        [Buffer.from("61ff62fe2e747874", "hex"), /characters/],
        [`${"d/".repeat(126)}abcd.txt`, /longer than 255 bytes/],
        [`${"d/".repeat(17)}x.txt`, /deeper than 16/],
        ["", /not relative|empty/],
      ] as const)
        await nothingOf(zip([text("fine.txt"), { name, data: "x" }]), why);
      for (const [a, b] of [
        ["a.txt", "a.txt"],
        ["a.txt", "A.TXT"],
        ["d/a.txt", "D/b.txt"],
        ["\u00e4.txt", "a\u0308.txt"],
        ["a.txt", "a.txt/b.txt"],
        ["d/", "D/"],
      ] as const)
        await nothingOf(
          zip(
            [text(a), text(b)]
              .map((e) => (e.name === "d/" || e.name === "D/" ? { name: e.name } : e))
              .concat(text("x.txt")),
          ),
          "two of its names are the same",
        );
    });

    test("8 (c) 86 kinds of entries", async () => {
      const unix = (mode: number) => mode * 0x10000;
      for (const [entry, why] of [
        [text("l.txt", { attributes: unix(0o120777) }), "it has a link or a device in it"],
        [text("d.txt", { attributes: unix(0o020666) }), "it has a link or a device in it"],
        [text("p.txt", { attributes: unix(0o010666) }), "it has a link or a device in it"],
        [text("e.txt", { flags: 0x801 }), /encrypted|damaged/],
        [text("s.txt", { flags: 0x841 }), /encrypted|damaged/],
        [text("m.txt", { method: 12 }), "it is compressed in an unusual way"],
        [text("folder/", {}), "a folder has content"],
      ] as const)
        await nothingOf(zip([text("fine.txt"), entry]), why);
    });

    test("8 (c) 86 sizes: entries, bombs, lies", async () => {
      const many = (n: number) => Array.from({ length: n }, (_, i) => text(`${i}.txt`));
      await nothingOf(zip(many(1001)), "it has more than 1000 entries");
      await nothingOf(
        zip([{ name: "bomb.txt", data: Buffer.alloc(20 * MIB, "a") }]),
        "a file grows more than 200 times",
      );
      // More bytes, and fewer, than the directory says; another sum.
      for (const lie of [{ size: 10 }, { size: 3000 }, { crc: 1 }])
        await nothingOf(zip([{ name: "a.txt", data: "abc ".repeat(500), method: 8, ...lie }]), "it is damaged");
      await nothingOf(zip([{ name: "a.txt", data: "x", method: 8, compressed: 100_000 }]), /share bytes|damaged/);
      await nothingOf(zip([text("a.txt", { size: 0xffffffff, compressed: 0xffffffff })]), /damaged|larger/);
    });

    test("8 (c) 86 more than 500 MB in all, though each file might be there", async () => {
      const data = randomBytes(600 * 1024);
      const six = Array.from({ length: 6 }, (_, n) => ({ name: `${n}.wav`, data, method: 8, size: 99 * MIB }));
      await nothingOf(zip(six), "it is larger than 500 MB when extracted");
      await nothingOf(zip(six.slice(0, 5)), "it is damaged");
      await nothingOf(zip([{ name: "a.wav", data, method: 8, size: 101 * MIB }]), "a file is larger than 100 MB");
    });

    test("8 (c) 86 the archive as a whole", async () => {
      const two = [text("a.txt"), text("b.txt")];
      await nothingOf(zip([{ name: "inner.zip", data: zip(two) }]), "there is another archive in it");
      await nothingOf(zip([{ name: "inner", data: zip(two) }]), "there is another archive in it");
      await nothingOf(
        zip([text("a.txt"), { name: "b.txt", data: "y".repeat(40), at: 0 }]),
        "two of its entries share bytes",
      );
      await nothingOf(zip([{ name: "only/" }]), "there is no file in it");
      await nothingOf(zip([]), /must have the content/);
      await nothingOf(Buffer.concat([zip(two), Buffer.from("garbage")]), "it is damaged");
      await nothingOf(Buffer.concat([Buffer.from("#!/bin/sh\n"), zip(two)]), /must have the content/);
      await nothingOf(zip(two).subarray(0, -30), "it is damaged");
      await nothingOf(zip(two, { count: 1 }), "there is something behind its directory");
      await nothingOf(zip(two, { count: 3 }), "it is damaged");
      await nothingOf(Buffer.concat([Buffer.from("504b0304", "hex"), Buffer.alloc(500)]), "it is damaged");
    });

    test("8 (c) 86 each file passes the checks of an upload; one that does not takes the others with it", async () => {
      for (const [entry, why] of [
        [text("a.php"), /a file in it must be of an allowed type/],
        [text("a.html.txt"), /a file in it must not have two extensions/],
        [text("a.png"), /must have the content that its name \(\.png\) promises/],
        [{ name: "a.png", data: png(30_000, 30_000) }, /at most 100 megapixels/],
        [{ name: "a.txt", data: "" }, /must not be empty/],
        [text("noextension"), /must have a name that ends with its type/],
      ] as const)
        await nothingOf(zip([text("fine/1.txt"), entry, text("fine/2.txt")]), why);
    });
  });
}
