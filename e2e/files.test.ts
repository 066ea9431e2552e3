/** Wire contract 8 and reliability (c) 78 to 88: uploading, folders, lists, deleting, quota. Archives: files-zip.test.ts. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  EmptyResponse,
  FileListResponse,
  FolderCreateResponse,
  FolderListResponse,
  type OutputFile,
} from "@modelyard/contract";
import { type Caller, refused, STORES, startTestServer, type TestServer } from "@modelyard/testing";
import {
  blobsOf,
  bmp,
  folder,
  gif,
  jpegHeader,
  leavesNothing,
  ownCaller,
  png,
  upload,
  uploaded,
  wav,
  webp,
} from "./files-fixtures.ts";

const NO_FOLDER = { code: 1, message: "folder-not-exist" };
const NO_FILE = { code: 1, message: "file-not-exist" };
const BAD_NAME = { code: 0, message: "Request parameter [name] must be letters, digits, - and _, at most 100" };
const no = (why: string) => ({ code: 0, message: `Request files [file] ${why}` });
const ALLOWED = no("must be of an allowed type: images, audio, video, text, csv, json, pdf, glb, zip");
const INVALID = { code: 0, message: "Request parameters are invalid." };

for (const store of STORES) {
  describe(`files on ${store.kind}`, () => {
    let t: TestServer;
    let own: Caller;
    let other: Caller;
    before(async () => {
      t = await startTestServer(store, { storageQuota: 64 * 1024 });
      own = await ownCaller(t);
      other = await ownCaller(t);
    });
    after(() => t.close());

    const list = async (fields: object = {}, who = own) =>
      FileListResponse.parse((await who.call("File/List", fields)).body);
    const folders = async (fields: object = {}, who = own) =>
      FolderListResponse.parse((await who.call("File/FolderList", fields)).body);
    const done = async (path: string, fields: object) => {
      EmptyResponse.parse((await own.call(path, fields)).body);
    };

    test("8 folders: nested, under either name of the parent, in any form of body", async () => {
      const a = await folder(own, { name: "pictures" });
      const b = await folder(own, { name: "2026_Nov-22", parentid: a.id });
      const form = new FormData();
      form.append("name", "deep");
      form.append("parentId", b.id);
      const { body } = await own.call("File/FolderCreate", form);
      assert.equal((body as { list: { parentid: string }[] }).list[0]?.parentid, b.id);
      assert.equal(b.parentid, a.id);
      // The parent of the top level is a folder that can be named as well.
      const c = await folder(own, { name: "beside", parentid: a.parentid });
      assert.equal(c.parentid, a.parentid);
      assert.deepEqual((await folders()).list.map(({ name }) => name).sort(), ["beside", "pictures"]);
      assert.deepEqual(
        (await folders({ parentid: a.id })).list.map(({ name }) => name),
        ["2026_Nov-22"],
      );
      await refused(own.call("File/FolderCreate", { name: "pictures" }), {
        code: 0,
        message: "There is already a folder with this name.",
      });
      await done("File/FolderDelete", { folderid: a.id });
      await done("File/FolderDelete", { folderId: c.id });
      assert.equal((await folders()).total, "0");
    });

    test("8 (c) 87 folder names and parents that are none", async () => {
      for (const name of ["a b", "a/b", "ä", "..", ".", "a.b", "a\0", "-".repeat(65_000), "<b>", " ", [], {}, true])
        await refused(own.call("File/FolderCreate", { name }), BAD_NAME);
      for (const fields of [{}, { name: "" }, { name: null }])
        await refused(own.call("File/FolderCreate", fields), {
          code: 0,
          message: "Request parameter [name] required",
        });
      const foreign = await folder(other, { name: "theirs" });
      const unknown = ["0".repeat(32), "1 or 1=1", "../..", "-1", 7, ["x"], { id: "x" }, "x".repeat(65_000)];
      for (const parentid of [foreign.id, foreign.parentid, ...unknown]) {
        await refused(own.call("File/FolderCreate", { name: "x", parentid }), NO_FOLDER);
        await refused(own.call("File/List", { folderid: parentid }), NO_FOLDER);
        await refused(own.call("File/FolderList", { parentid }), NO_FOLDER);
        await refused(own.call("File/FolderDelete", { folderid: parentid }), NO_FOLDER);
        if (typeof parentid === "string")
          await leavesNothing(t, () => refused(upload(own, png(), "a.png", { folderid: parentid }), NO_FOLDER));
      }
      const { parentid: root } = await folder(own, { name: "mine" });
      await refused(own.call("File/FolderDelete", { folderid: root }), NO_FOLDER);
      assert.equal((await folders({}, other)).total, "1");
    });

    test("8 the depth of folders has an end", async () => {
      let parentid: string | undefined;
      for (let n = 0; n < 32; n++) parentid = (await folder(own, { name: `d${n}`, parentid })).id;
      await refused(own.call("File/FolderCreate", { name: "x", parentid }), {
        code: 0,
        message: "The folder could not be created: it would be deeper than 32",
      });
    });

    test("8 an upload: its fields, its folder, its address without credentials", async () => {
      const bytes = png();
      const { id } = await folder(own, { name: "in" });
      const [file] = await uploaded(upload(own, bytes, "cat 1.png", { folderid: id }));
      assert.ok(file);
      assert.deepEqual(
        [file.name, file.contenttype, file.size, file.parentid],
        ["cat 1.png", "image/png", String(bytes.length), id],
      );
      assert.ok(Math.abs(Number(file.addedtime) - Date.now() / 1000) < 60);
      assert.equal(file.url, `${t.server.url}/v1/File/${file.accesskey}/cat%201.png`);
      const response = await fetch(file.url);
      assert.equal(response.headers.get("content-type"), "image/png");
      assert.deepEqual(Buffer.from(await response.arrayBuffer()), bytes);
      const [second] = await uploaded(upload(own, bytes, "cat 1.png", { folderId: id }));
      const page = await list({ folderid: id, start: "0", limit: "1" });
      assert.deepEqual([page.total, page.list], ["2", [second]]);
      assert.deepEqual((await list({ folderId: id, start: 1 })).list, [file]);
      assert.equal((await list({}, other)).total, "0");
      for (const fileid of [file.id, "0".repeat(32), "x", 7])
        await refused(other.call("File/Delete", { fileid }), NO_FILE);
      await refused(own.call("File/Delete", {}), { code: 0, message: "Request parameter [fileid] required" });
      await done("File/Delete", { fileid: file.id });
      await refused(own.call("File/Delete", { fileid: file.id }), NO_FILE);
      assert.equal((await fetch(file.url)).status, 404);
      assert.equal((await fetch(second?.url ?? "")).status, 200);
      const before = blobsOf(t.dataDir).length;
      await done("File/FolderDelete", { folderid: id });
      assert.equal((await fetch(second?.url ?? "")).status, 404);
      assert.equal(blobsOf(t.dataDir).length, before - 1);
    });

    test("8 the address is a model's input at once", async () => {
      const worker = await t.worker();
      const [file] = await uploaded(upload(own, "forty-two", "note.txt"));
      const { taskid } = await own.run("test/kinds-2-0", { title: "t", pictureUrl: file?.url });
      const task = await own.ended(taskid);
      assert.equal(task.pexit, "0", task.debugerror);
      const response = await fetch((task.outputs as OutputFile[])[0]?.url ?? "");
      const inputs = (await response.json()) as { picture: { text: string } };
      assert.equal(inputs.picture.text, "forty-two");
      await worker.close();
      await done("File/Delete", { fileid: file?.id });
    });

    test("8 a file that is deleted while a run waits for it ends the run, free, and nothing hangs", async () => {
      const [file] = await uploaded(upload(own, "gone", "note.txt"));
      const { taskid } = await own.run("test/kinds-2-0", { title: "t", pictureUrl: file?.url });
      await done("File/Delete", { fileid: file?.id });
      const worker = await t.worker();
      const task = await own.ended(taskid);
      assert.notEqual(task.pexit, "0");
      assert.equal(Number(task.totalcost), 0);
      await worker.close();
    });

    test("8 the type comes from name and bytes, never from the part", async () => {
      const send = async (bytes: Buffer | string, name: string, type: string) => {
        const form = new FormData();
        form.append("file", new Blob([Buffer.from(bytes as string)], { type }), name);
        const [file] = await uploaded(own.call("File/Upload", form));
        await done("File/Delete", { fileid: file?.id });
        return [file?.name, file?.contenttype];
      };
      assert.deepEqual(await send(png(), "a.png", "application/octet-stream"), ["a.png", "image/png"]);
      assert.deepEqual(await send(png(), "a.png", "text/html"), ["a.png", "image/png"]);
      assert.deepEqual(await send(png(), "a.jpg", "image/jpeg"), ["a.jpg", "image/png"]);
      assert.deepEqual(await send(wav(), "A.WAV", ""), ["A.WAV", "audio/wav"]);
      assert.deepEqual(await send("a;b\n1;2", "t.csv", ""), ["t.csv", "text/csv"]);
      assert.deepEqual(await send(png(), "picture", ""), ["picture.png", "image/png"]);
    });

    test("8 (c) 79 names: none, long, with a path, hostile", async () => {
      for (const [name, shown] of [
        [`${"n".repeat(300)}.png`, `${"n".repeat(116)}.png`],
        ["../../x.png", "x.png"],
        ["C:\\con\\a.png", "a.png"],
        ["con.", "con.png"],
        ["<img src=x onerror=alert(1)>.png", "img src=x onerror=alert(1).png"],
        ["日本.png", "日本.png"],
        ["a\u202egnp.png", "agnp.png"],
      ] as const) {
        const [file] = await uploaded(upload(own, png(), name));
        assert.equal(file?.name, shown);
        assert.equal((await fetch(file?.url ?? "")).status, 200);
        await done("File/Delete", { fileid: file?.id });
      }
      const part = (disposition: string, bytes: string) =>
        own.call("File/Upload", `--x\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${bytes}\r\n--x--`, {
          "content-type": "multipart/form-data; boundary=x",
        });
      for (const [disposition, shown] of [
        ['name="file"; filename="a\0.txt"', /^a?\.?txt|^a\.txt$/],
        ['name="file"; filename="a%0d%0aX-Evil: 1.txt"', /^[^\r\n]*\.txt$/],
      ] as const) {
        const { body } = await part(disposition, "text");
        const [file] = (body as { list?: { name: string; id: string }[] }).list ?? [];
        if (file) {
          assert.match(file.name, shown);
          await done("File/Delete", { fileid: file.id });
        } else await refused(part(disposition, "text"), { code: 0, message: /./ });
      }
      await refused(part('name="file"; filename=""', ""), { code: 0, message: "Request files [file] required" });
      await refused(part('name="file"', "text"), { code: 0, message: "Request files [file] required" });
      await refused(part('name="other"; filename="a.txt"', "text"), {
        code: 0,
        message: "Request files [file] required",
      });
      await leavesNothing(t, () => refused(upload(own, "", "empty.txt"), no("must not be empty")));
      await refused(upload(own, "text", "nothing"), no("must have a name that ends with its type, such as .png"));
      await refused(own.call("File/Upload", {}), { code: 0, message: "Request files [file] required" });
      await refused(own.call("File/Upload", { file: "https://example.org/a.png" }), {
        code: 0,
        message: "Request files [file] required",
      });
      const two = new FormData();
      for (const name of ["a.png", "b.png"]) two.append("file", new Blob([png()]), name);
      await leavesNothing(t, () => refused(own.call("File/Upload", two), no("must be at most 1")));
    });

    test("8 (c) 80, 81 what is not allowed, and what is not what it says", async () => {
      for (const name of ["a.php", "a.exe", "a.svg", "a.html", "a.xml", "a.js", "a.sh", "a.png.exe", ".htaccess.php"])
        await leavesNothing(t, () => refused(upload(own, png(), name), ALLOWED));
      for (const name of ["a.php.png", "a.PhP5.jpg", "x.html.txt", "a.exe.b.png", "a.svg.png"])
        await leavesNothing(t, () => refused(upload(own, png(), name), no("must not have two extensions")));
      const elf = Buffer.concat([Buffer.from("7f454c46020101", "hex"), Buffer.alloc(100)]);
      for (const [bytes, name] of [
        [elf, "a.png"],
        ["<html><script>alert(1)</script>", "a.png"],
        [elf, "a.txt"],
        [wav(), "a.mp3"],
        [png(), "a.pdf"],
        [png(), "a.mp4"],
        ["<svg/>", "a.json"],
        ["PK", "a.zip"],
      ] as const) {
        const extension = name.split(".").at(-1);
        await leavesNothing(t, () =>
          refused(upload(own, bytes, name), no(`must have the content that its name (.${extension}) promises`)),
        );
      }
      // 82: a file that is two things is kept as the one that its name says; files-inert.test.ts opens it.
      const [file] = await uploaded(upload(own, gif(0x2a2f, 0, Buffer.from("*/=1;alert(1)")), "a.gif"));
      assert.equal(file?.contenttype, "image/gif");
      await done("File/Delete", { fileid: file?.id });
    });

    test("8 (c) 83, 84 pictures that are too large by their header; damaged ones", async () => {
      for (const [bytes, name] of [
        [png(30_000, 30_000), "a.png"],
        [png(100_000_001, 1, false), "a.png"],
        [jpegHeader(30_000, 30_000), "a.jpg"],
        [jpegHeader(60_000, 0), "a.jpg"],
        [jpegHeader(30_000, 30_000), "called.png"],
        [gif(30_000, 30_000), "a.gif"],
        [webp(16_000, 16_000), "a.webp"],
        [bmp(30_000, 30_000), "a.bmp"],
        [bmp(30_000, -30_000 >>> 0), "a.bmp"],
      ] as const) {
        await leavesNothing(t, () =>
          refused(upload(own, bytes, name), no("must be a picture of at most 100 megapixels")),
        );
      }
      for (const [bytes, name] of [
        [png(10_000, 10_000, false), "a.png"],
        [jpegHeader(10_000, 10_000), "a.jpg"],
        [jpegHeader(640, 480).subarray(0, 12), "cut.jpg"],
        [Buffer.from("ffd8ffe0ffff00", "hex"), "cut.jpg"],
      ] as const) {
        const [file] = await uploaded(upload(own, bytes, name));
        await done("File/Delete", { fileid: file?.id });
      }
    });

    test("8 (c) 85 multipart that is none", async () => {
      const head = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n';
      for (const [body, type] of [
        ["--x\r\n", "multipart/form-data; boundary=x"],
        [head, "multipart/form-data; boundary=x"],
        [`${head}never ends`, "multipart/form-data; boundary=x"],
        [`${head}text\r\n--x--`, "multipart/form-data; boundary=y"],
        [`${head}text\r\n--x--`, `multipart/form-data; boundary=${"b".repeat(500)}`],
        [`${head}text\r\n--x--`, "multipart/form-data; boundary="],
        [`${head}text\r\n--x--`, "multipart/form-data"],
        [
          `${`${head.replace("file", "f").replace('; filename="a.txt"', "")}v\r\n`.repeat(10_000)}--x--`,
          "multipart/form-data; boundary=x",
        ],
        [`${`${head}v\r\n`.repeat(10_000)}--x--`, "multipart/form-data; boundary=x"],
      ] as const) {
        await leavesNothing(t, async () => {
          const { status, body: answer } = await own.call("File/Upload", body, { "content-type": type });
          assert.equal(status, 200);
          assert.equal((answer as { result: boolean }).result, false, body.slice(0, 200));
          assert.equal((answer as { errors: { code: number }[] }).errors[0]?.code, 0);
        });
      }
      await refused(own.call("File/Upload", head, { "content-type": "multipart/form-data; boundary=x" }), INVALID);
    });

    test("8 (c) 88 the quota: a clear refusal, room again after deleting, no way round it at once", async () => {
      const who = await ownCaller(t);
      const full = { code: 0, message: "Your storage quota of 0 MB is used up. Delete files to make room." };
      const text = (bytes: number) => "x".repeat(bytes);
      const [large] = await uploaded(upload(who, text(40_000), "a.txt"));
      await leavesNothing(t, () => refused(upload(who, text(30_000), "b.txt"), full));
      await uploaded(upload(who, text(20_000), "b.txt"));
      // A disk gives room in blocks: the smallest file takes one.
      await uploaded(upload(who, text(1), "c.txt"));
      await leavesNothing(t, () => refused(upload(who, text(1), "d.txt"), full));
      EmptyResponse.parse((await who.call("File/Delete", { id: large?.id })).body);
      const answers = await Promise.all(Array.from({ length: 8 }, () => upload(who, text(15_000), "d.txt")));
      const kept = answers.filter(({ body }) => (body as { result: boolean }).result);
      assert.equal(kept.length, 2, "only as many as there is room for");
      for (const answer of answers) if (!kept.includes(answer)) await refused(answer, full);
      const row = await t.server.db.all<{ bytes: number }>("select max(bytes) as bytes from file_space", []);
      assert.ok((row[0]?.bytes ?? 0) <= 64 * 1024);
    });

    test("8 many at once: one folder of a name, none lost below a folder that goes", async () => {
      const made = await Promise.all(Array.from({ length: 10 }, () => own.call("File/FolderCreate", { name: "race" })));
      const ok = made.filter(({ body }) => (body as { result: boolean }).result);
      assert.equal(ok.length, 1);
      const { id } = FolderCreateResponse.parse(ok[0]?.body).list[0];
      const before = blobsOf(t.dataDir);
      await Promise.all([
        ...Array.from({ length: 6 }, (_, n) => upload(own, "x", `${n}.txt`, { folderid: id })),
        ...Array.from({ length: 6 }, (_, n) => own.call("File/FolderCreate", { name: `n${n}`, parentid: id })),
        new Promise((resolve) => setTimeout(resolve, 15)).then(() => done("File/FolderDelete", { folderid: id })),
      ]);
      const lost = await t.server.db.all(
        "select id from folder where depth > 1 and parent not in (select id from folder)",
        [],
      );
      assert.deepEqual(lost, []);
      assert.deepEqual(blobsOf(t.dataDir), before);
    });
  });
}
