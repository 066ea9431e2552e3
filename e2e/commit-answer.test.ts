// The commit happened and its answer never came: the caller sees a fault, and what it asked for is there, with all its bytes (T1, L5).
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Failure, USD } from "@modelyard/contract";
import {
  type Answer,
  type Caller,
  caller,
  REPOSITORY,
  runOf,
  STORES,
  startTestServer,
  type TestServer,
} from "@modelyard/testing";

/** Cuts the connection to PostgreSQL between a commit and its answer, for units of work that speak of `armed`. */
const line = { armed: "", cut: 0 };
const store = STORES.find(({ kind }) => kind === "postgres");
if (!store) process.stderr.write("SKIPPED: lost answers of commits: there is no PostgreSQL\n");
const skip = store === undefined && "PostgreSQL is not there";
const sockets = new Set<Socket>();

function lossy(target: URL) {
  return createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    let unit = "";
    let isLost = false;
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        near.destroy();
        far.destroy();
        sockets.delete(socket);
      });
    }
    near.on("data", (bytes) => {
      const text = bytes.toString("latin1");
      unit = text.includes("begin;") ? text : unit + text;
      if (line.armed !== "" && unit.includes(line.armed) && /commit\0$/.test(text)) isLost = true;
      far.write(bytes);
    });
    far.on("data", (bytes) => {
      if (!isLost) return void near.write(bytes);
      line.cut += 1;
      line.armed = "";
      near.destroy();
    });
  });
}

let server: ReturnType<typeof lossy>;
let host: TestServer;
let own: Caller;

before(async () => {
  if (!store) return;
  const { url = "", drop } = await store.create();
  server = lossy(new URL(url)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const through = new URL(url);
  through.port = String((server.address() as AddressInfo).port);
  through.hostname = "127.0.0.1";
  host = await startTestServer({ kind: "postgres", create: async () => ({ url: through.href, drop }) });
  own = caller(host.server.url, await host.account(100n * USD));
});
after(async () => {
  await host?.close();
  for (const socket of sockets) socket.destroy();
  server?.close();
});

/** Sends `request` so that the answer to its commit is lost; the caller sees no success. */
async function losing(needle: string, request: () => Promise<Answer>) {
  const cuts = line.cut;
  line.armed = needle;
  const { status, body } = await request();
  assert.equal(line.cut, cuts + 1, "no commit lost its answer");
  assert.ok(Failure.safeParse(body).success && status >= 500, `${status} ${JSON.stringify(body)}`);
}

test("a run: the same request finds its task by its key, and the file that was sent with it", { skip }, async () => {
  const picture = readFileSync(join(REPOSITORY, "models/modelyard/ocr/samples/invoice.png"));
  const request = () => {
    const fields = new FormData();
    fields.set("prompt", "a needle in a unit");
    fields.set("inputImage", new File([picture], "a.png", { type: "image/png" }));
    return own.call("Run/test/picture", fields, { "idempotency-key": "lost-answer" });
  };
  await losing("a needle in a unit", request);
  const { taskid } = await runOf(request());
  const tasks = await host.server.db.all<{ id: number }>("select id from task", []);
  assert.deepEqual(tasks, [{ id: Number(taskid) }]);
  await host.worker();
  const { pexit, outputs } = await own.ended(taskid);
  assert.equal(pexit, "0");
  const [made] = outputs;
  assert.ok(made && "url" in made);
  assert.deepEqual(Buffer.from(await (await fetch(made.url)).arrayBuffer()), picture);
});

test("an upload: the file is listed and has its bytes", { skip }, async () => {
  const form = new FormData();
  form.set("file", new File(["other bytes"], "needle.txt", { type: "text/plain" }));
  await losing("needle.txt", () => own.call("File/Upload", form));
  const { list } = (await own.call("File/List", {})).body as { list: { name: string; url: string }[] };
  const [file] = list;
  assert.equal(file?.name, "needle.txt");
  assert.equal(await (await fetch(String(file?.url))).text(), "other bytes");
});
