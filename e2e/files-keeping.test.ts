/**
 * How long files are kept and where they are served from: outputs expire when the operator says so, and the task says when; bytes
 * that a crash left behind are found; a second origin serves files and nothing else (reliability.md 4).
 */
import assert from "node:assert/strict";
import { readdirSync, utimesSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { Readable } from "node:stream";
import { describe, test } from "node:test";
import { type OutputFile, USD } from "@modelyard/contract";
import { diskBlobs, expireFiles, removeOrphans } from "@modelyard/server/parts";
import { caller, mainStore, STORES, startTestServer, type TestServer } from "@modelyard/testing";
import { png, upload, uploaded } from "./files-fixtures.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const blobsOf = (t: TestServer) => diskBlobs(join(t.dataDir, "blobs"));
const count = (t: TestServer) =>
  readdirSync(join(t.dataDir, "blobs"), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    .length;

for (const store of STORES) {
  describe(`keeping files on ${store.kind}`, () => {
    test("outputs and inputs go after the operator's time, and the task says when and that they did", async () => {
      const t = await startTestServer(store, { keepFilesDays: 3 });
      await t.worker();
      const own = caller(t.server.url, await t.account(50n * USD));
      const form = new FormData();
      form.set("prompt", "a picture");
      form.set("inputImage", new File([png()], "a.png", { type: "image/png" }));
      const { taskid } = await own.run("test/echo", form);
      assert.equal((await own.detail(taskid)).modelyard.filesexpire, null, "not before it has ended");
      const task = await own.ended(taskid);
      const files = task.outputs as OutputFile[];
      assert.equal(files.length, 2);
      const due = task.modelyard.filesexpire ?? 0;
      assert.ok(Math.abs(due - (Date.now() + 3 * DAY_MS) / 1000) < 60);
      assert.deepEqual(new Set(files.map(({ expiretime }) => expiretime)), new Set([String(due)]));
      const input = task.parameters.inputImage as string;
      for (const url of [input, ...files.map(({ url }) => url)]) assert.equal((await fetch(url)).status, 200);

      const deps = { db: t.server.db, blobs: blobsOf(t) };
      assert.equal(await expireFiles(deps), 0, "not yet");
      await t.server.db.write((tx) =>
        tx.run("update task set expires_at = ? where id = ?", [tx.now - 1, Number(taskid)]),
      );
      assert.equal(await expireFiles(deps), 1);
      assert.equal(await expireFiles(deps), 0, "once");
      for (const url of [input, ...files.map(({ url }) => url)]) assert.equal((await fetch(url)).status, 404);
      const later = await own.detail(taskid);
      assert.deepEqual(later.outputs, []);
      assert.ok(later.modelyard.filesgone !== null);
      assert.equal(later.totalcost, task.totalcost, "the record stays");
      assert.equal(count(t), 0);
      await t.close();
    });

    test("text answers go with the files; without a rule nothing goes", async () => {
      const t = await startTestServer(store);
      await t.worker();
      const own = caller(t.server.url, await t.account(50n * USD));
      const { taskid } = await own.run("test/talk", { prompt: "hello" });
      const task = await own.ended(taskid);
      assert.equal(task.modelyard.filesexpire, null);
      assert.equal(await expireFiles({ db: t.server.db, blobs: blobsOf(t) }), 0);
      await own.call("Task/InputOutputDelete", { tasktoken: task.socketaccesstoken });
      const gone = await own.detail(taskid);
      assert.deepEqual(gone.outputs, []);
      assert.ok(gone.modelyard.filesgone !== null);
      await t.close();
    });

    test("bytes that no row names are removed after a day, the others stay", async () => {
      const t = await startTestServer(store);
      const own = caller(t.server.url, await t.account(50n * USD));
      const [file] = await uploaded(upload(own, png(), "kept.png"));
      const blobs = blobsOf(t);
      const orphan = await blobs.put(Readable.from([Buffer.from("left behind")]), { limit: 100 });
      const deps = { db: t.server.db, blobs };
      assert.equal(await removeOrphans(deps, Date.now()), 0, "a young one may be about to be registered");
      const old = new Date(Date.now() - 2 * DAY_MS);
      for (const entry of readdirSync(join(t.dataDir, "blobs"), { recursive: true, withFileTypes: true }))
        if (entry.isFile()) utimesSync(join(entry.parentPath, entry.name), old, old);
      assert.equal(await removeOrphans(deps, Date.now()), 1);
      assert.equal(await blobs.get(orphan.key), undefined);
      assert.equal((await fetch(file?.url ?? "")).status, 200);
      await t.close();
    });
  });
}

/** A request to the server under another name, as a browser makes it once that name leads here. */
function asHost(t: TestServer, host: string, path: string, method = "GET") {
  return new Promise<{ status: number; headers: Record<string, string | string[] | undefined> }>((resolve, reject) => {
    const { port } = new URL(t.server.url);
    request({ port, host: "127.0.0.1", path, method, headers: { host } }, (response) => {
      response.resume().on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers }));
    })
      .on("error", reject)
      .end();
  });
}

test("a second origin serves files and nothing else, and every file is addressed there", async () => {
  const t = await startTestServer(mainStore(), { filesUrl: "https://files.example.com" });
  await t.worker();
  const own = caller(t.server.url, await t.account(50n * USD));
  const [file] = await uploaded(upload(own, png(), "a.png"));
  assert.match(file?.url ?? "", /^https:\/\/files\.example\.com\/v1\/File\//);
  const path = new URL(file?.url ?? "").pathname;
  const there = await asHost(t, "files.example.com", path);
  assert.equal(there.status, 200);
  assert.match(String(there.headers["content-disposition"]), /^inline/);
  for (const [other, method] of [
    ["/", "GET"],
    ["/health", "GET"],
    ["/openapi.json", "GET"],
    ["/v1/Tool/List", "POST"],
    ["/v1/File/Upload", "POST"],
    ["/v1/File/../Tool/List", "POST"],
  ] as const) {
    assert.equal((await asHost(t, "files.example.com", other, method)).status, 404, `${method} ${other}`);
  }
  // Addresses that were handed out before still lead to the bytes, but a browser shows nothing of them on this origin.
  const { host } = new URL(t.server.url);
  assert.match(String((await asHost(t, host, path)).headers["content-disposition"]), /^attachment/);

  // A file of the second origin is this server's own: no worker fetches it over the network.
  const { taskid } = await own.run("test/echo", { prompt: "p", inputImageUrl: file?.url ?? "" });
  const task = await own.ended(taskid);
  assert.equal(task.pexit, "0", task.debugerror);
  assert.equal(task.outputs.length, 2);
  for (const output of task.outputs as OutputFile[]) assert.match(output.url, /^https:\/\/files\.example\.com\//);
  await t.close();
});
