/** Reliability (c) 78, 85 and 89: uploads at and over the cap, broken off, in little memory; ranges and tags of what is served. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { readFileSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { after, before, test } from "node:test";
import {
  type Caller,
  caller,
  mainStore,
  type Platform,
  refused,
  startPlatform,
  startTestServer,
  type TestServer,
  temporaryFolder,
  until,
} from "@modelyard/testing";
import { blobsOf, leavesNothing, ownCaller, png, upload, uploaded, zip } from "./files-fixtures.ts";

const MIB = 1024 * 1024;
const LIMIT = 100 * MIB;
const TOO_LARGE = { code: 0, message: "Request files [file] must be at most 100 MB" };

let t: TestServer;
let own: Caller & { apiKey: string };
/** The server's ends of all connections made so far. */
const sockets: Socket[] = [];
const remember = (message: unknown) => void sockets.push((message as { socket: Socket }).socket);

before(async () => {
  subscribe("net.server.socket", remember);
  t = await startTestServer(mainStore());
  own = await ownCaller(t);
});
after(async () => {
  unsubscribe("net.server.socket", remember);
  await t.close();
});

const HEAD = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n';
const TAIL = "\r\n--x--\r\n";

interface Sent {
  text: string;
  closed: boolean;
  /** Bytes that the server took from the connection. */
  read: number;
}

/** Sends an upload of `size` bytes as fast as the server takes it; `cut` ends the connection after so many. */
async function send(url: string, key: string, size: number, cut = Number.POSITIVE_INFINITY): Promise<Sent> {
  const known = sockets.length;
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = "";
  let closed = false;
  socket.on("data", (chunk) => {
    text += chunk.toString();
  });
  socket.on("close", () => {
    closed = true;
  });
  socket.on("error", () => {});
  const length = HEAD.length + size + TAIL.length;
  socket.write(
    `POST /v1/File/Upload HTTP/1.1\r\nHost: x\r\nx-api-key: ${key}\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: ${length}\r\n\r\n${HEAD}`,
  );
  const block = Buffer.alloc(256 * 1024, "a");
  const over = new Promise((resolve) => socket.once("close", resolve).once("data", resolve));
  for (let sent = 0; sent < size && !closed && text === ""; sent += block.length) {
    if (sent >= cut) {
      socket.destroy();
      break;
    }
    const rest = block.subarray(0, Math.min(block.length, size - sent));
    if (!socket.write(rest)) await Promise.race([over, new Promise((resolve) => socket.once("drain", resolve))]);
  }
  socket.write(TAIL);
  await until(() => closed || /\r\n\r\n\{.*\}$/s.test(text), "an answer or the end", 30_000);
  const read = sockets[known]?.bytesRead ?? 0;
  return { text, closed, read };
}

test("8 exactly 100 MB is taken, a byte more is not", async () => {
  const { text } = await send(t.server.url, own.apiKey, LIMIT);
  assert.match(text, /"result":true/);
  const { list } = JSON.parse(text.slice(text.indexOf("{"))) as { list: { id: string; size: string }[] };
  assert.equal(list[0]?.size, String(LIMIT));
  await own.call("File/Delete", { fileid: list[0]?.id });
  await leavesNothing(t, async () => {
    const over = await send(t.server.url, own.apiKey, LIMIT + 1);
    assert.ok(over.text.includes(TOO_LARGE.message), over.text);
  });
});

test("(c) 78 over the cap: an answer, at most 1 MiB read past it, then the end of the connection", async () => {
  await leavesNothing(t, async () => {
    const known = sockets.length;
    const { text } = await send(t.server.url, own.apiKey, LIMIT + 60 * MIB);
    assert.match(text, /^HTTP\/1\.1 200 /);
    assert.ok(text.includes(TOO_LARGE.message), text);
    const socket = sockets[known] as Socket;
    await until(() => socket.destroyed, "the server ends the connection", 10_000);
    const past = socket.bytesRead - LIMIT;
    assert.ok(past > 0 && past <= MIB, `${past} bytes were read past the cap`);
  });
});

test("(c) 78 the same for a client that reads only once it has written", async () => {
  await leavesNothing(t, () => refused(upload(own, Buffer.alloc(LIMIT + MIB / 2, "a"), "a.txt"), TOO_LARGE));
});

test("8 a wrong type is refused while its bytes still come", async () => {
  const known = sockets.length;
  const form = new FormData();
  form.append("file", new Blob([Buffer.alloc(30 * MIB)]), "a.exe");
  const answer = await own.call("File/Upload", form).catch(() => undefined);
  if (answer) await refused(answer, { code: 0, message: /must be of an allowed type/ });
  const read = Math.max(...sockets.slice(known).map((socket) => socket.bytesRead));
  assert.ok(read < 3 * MIB, `${read} bytes were read of a file that was refused by its name`);
});

test("(c) 85 uploads that are broken off leave no file, no descriptor and no row", async () => {
  for (const cut of [0, 256 * 1024, 5 * MIB, 50 * MIB]) {
    await leavesNothing(t, async () => {
      await Promise.all(Array.from({ length: 5 }, () => send(t.server.url, own.apiKey, 60 * MIB, cut)));
    });
  }
  // After the header of the part, and in the middle of the header of the request's body.
  await leavesNothing(t, async () => {
    for (const bytes of [HEAD, HEAD.slice(0, 20), ""]) {
      const socket = connect(Number(new URL(t.server.url).port), "127.0.0.1");
      socket.on("error", () => {});
      socket.write(
        `POST /v1/File/Upload HTTP/1.1\r\nHost: x\r\nx-api-key: ${own.apiKey}\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 5000\r\n\r\n${bytes}`,
      );
      await new Promise((resolve) => setTimeout(resolve, 50));
      socket.resetAndDestroy();
    }
  });
  const rows = await t.server.db.all("select id from file", []);
  assert.deepEqual(rows, []);
  assert.deepEqual(blobsOf(t.dataDir), []);
});

test("8 100 MB pass through a server in at most 30 MB of memory", async () => {
  const platform: Platform = await startPlatform({ dataDir: temporaryFolder("files-memory"), args: ["--no-worker"] });
  try {
    const { apiKey } = platform.firstRun.projects.find(({ auth }) => auth === "apikey") as { apiKey: string };
    const { pid } = platform.process;
    const kilobytes = (name: string) =>
      Number(new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
    // Smaller uploads make what is made once: code, and the collector's room for what is short-lived (it is 65 MB at the first).
    for (let n = 0; n < 6; n++) assert.match((await send(platform.url, apiKey, 20 * MIB)).text, /"result":true/);
    const start = kilobytes("VmRSS");
    writeFileSync(`/proc/${pid}/clear_refs`, "5");
    assert.match((await send(platform.url, apiKey, LIMIT)).text, /"result":true/);
    const grown = (kilobytes("VmHWM") - start) / 1024;
    assert.ok(grown <= 30, `it took ${grown.toFixed(1)} MB more`);
  } finally {
    await platform.stop();
  }
});

test("8, (c) 89 what is served: HEAD, ranges without amplification, tags", async () => {
  const [file] = await uploaded(upload(own, "0123456789", "d.txt"));
  const url = file?.url as string;
  const get = async (headers: Record<string, string>, method = "GET") => {
    const response = await fetch(url, { method, headers });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  const whole = await get({});
  const tag = whole.headers.get("etag") as string;
  assert.match(tag, /^"[0-9a-f]{32}"$/);
  assert.deepEqual([whole.status, whole.text, whole.headers.get("accept-ranges")], [200, "0123456789", "bytes"]);
  const head = await get({}, "HEAD");
  assert.deepEqual([head.status, head.text, head.headers.get("content-length")], [200, "", "10"]);
  assert.equal(head.headers.get("etag"), tag);
  const parts = Array.from({ length: 100 }, (_, n) => `${n % 10}-`).join(",");
  for (const [range, status, text, sent] of [
    ["bytes=0-0", 206, "0", "bytes 0-0/10"],
    ["bytes=3-5", 206, "345", "bytes 3-5/10"],
    ["bytes=8-", 206, "89", "bytes 8-9/10"],
    ["bytes=-3", 206, "789", "bytes 7-9/10"],
    ["bytes=-300", 206, "0123456789", "bytes 0-9/10"],
    ["bytes=-0", 416, "", "bytes */10"],
    ["bytes=5-1", 416, "", "bytes */10"],
    ["bytes=10-", 416, "", "bytes */10"],
    ["bytes=99999999-", 416, "", "bytes */10"],
    ["bytes=9007199254740993-", 200, "0123456789", null],
    [`bytes=${parts}`, 200, "0123456789", null],
    ["bytes=0-1,3-4", 200, "0123456789", null],
    ["bytes=a-b", 200, "0123456789", null],
    ["bytes=-", 200, "0123456789", null],
    ["items=0-1", 200, "0123456789", null],
  ] as const) {
    const answer = await get({ range });
    assert.deepEqual([answer.status, answer.text, answer.headers.get("content-range")], [status, text, sent], range);
    const alone = await get({ range }, "HEAD");
    assert.deepEqual([alone.status, alone.text], [status, ""], `HEAD ${range}`);
  }
  for (const [header, status] of [
    [tag, 304],
    [`W/${tag}`, 304],
    [`"x", ${tag}`, 304],
    ["*", 304],
    ['"x"', 200],
    [tag.slice(1, -1), 200],
  ] as const)
    assert.equal((await get({ "if-none-match": header })).status, status, header);
  assert.equal((await get({ "if-range": tag, range: "bytes=0-1" })).text, "01");
  assert.equal((await get({ "if-range": '"old"', range: "bytes=0-1" })).text, "0123456789");
  for (const method of ["POST", "PUT", "DELETE", "PATCH"])
    assert.equal((await get({}, method)).status, 404, `${method} is no way to a file`);
});

test("8 the client's address of a file that is gone, or never was, says the same", async () => {
  const [file] = await uploaded(upload(own, png(), "a.png"));
  await own.call("File/Delete", { fileid: file?.id });
  const unknown = (file?.url ?? "").replace(file?.accesskey as string, "0".repeat(30));
  const answers = await Promise.all([file?.url ?? "", unknown].map(async (url) => (await fetch(url)).text()));
  assert.equal(answers[0], answers[1]);
});

test("8 while an archive is unpacked, others are served", async () => {
  const block = Buffer.concat([Buffer.from(randomBytes(6 * 1024).toString("base64")), Buffer.alloc(56 * 1024, "a")]);
  const data = Buffer.concat(Array.from({ length: 1_000 }, () => block));
  const archive = zip([{ name: "a.txt", data, method: 8 }]);
  const other = caller(t.server.url, own);
  const unpacked = uploaded(upload(own, archive, "a.zip"));
  const waits: number[] = [];
  for (let n = 0; n < 10; n++) {
    const start = performance.now();
    await other.call("File/List", {});
    waits.push(performance.now() - start);
  }
  assert.ok(Math.max(...waits) < 2_000, `an answer took ${Math.max(...waits)} ms`);
  assert.equal((await unpacked)[0]?.size, String(data.length));
});
