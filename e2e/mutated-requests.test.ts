/**
 * S5: requests of every kind, damaged at random, as raw bytes to a started platform. Whatever comes, the answer is a refusal of the
 * API or a closed connection: no 5xx, no stack, no crash; memory and file handles are back at their baseline afterwards.
 *
 * The seed of a run is printed when it fails; MODELYARD_SEED plays it again.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { caller, type Platform, startPlatform, temporaryFolder, until } from "@modelyard/testing";
import fc from "fast-check";
import { gif, png, wav, zip } from "./files-fixtures.ts";

const REQUESTS = process.env.MODELYARD_FAULTS === "long" ? 100_000 : 20_000;
/** Requests after which the process is warm: what it holds then is the baseline. */
const WARM = 4_000;
const AT_ONCE = 48;
const GROWTH_MIB = 64;
const seed = Number(process.env.MODELYARD_SEED ?? randomBytes(4).readUInt32LE());

let platform: Platform;
let key: string;
before(async () => {
  platform = await startPlatform({ dataDir: temporaryFolder("mutated") });
  key = platform.firstRun.projects.find(({ auth }) => auth === "apikey")?.apiKey ?? "";
});
after(() => platform?.stop());

const head = (line: string, headers: readonly string[], body: Buffer) =>
  Buffer.concat([
    Buffer.from(
      [
        `${line} HTTP/1.1`,
        "Host: 127.0.0.1",
        ...headers,
        `Content-Length: ${body.length}`,
        "Connection: close",
        "",
        "",
      ].join("\r\n"),
    ),
    body,
  ]);

const part = (name: string, value: Buffer | string, file?: string) =>
  Buffer.concat([
    Buffer.from(
      `--cut\r\nContent-Disposition: form-data; name="${name}"${file === undefined ? "" : `; filename="${file}"`}\r\n\r\n`,
    ),
    Buffer.from(value as string),
    Buffer.from("\r\n"),
  ]);

/** Requests that are all in order, one or more for each kind of body and endpoint. */
function goodRequests(task: { taskid: string; socketaccesstoken: string }): Buffer[] {
  const auth = `x-api-key: ${key}`;
  const json = (path: string, body: object, ...more: string[]) =>
    head(`POST /v1/${path}`, [auth, "Content-Type: application/json", ...more], Buffer.from(JSON.stringify(body)));
  const form = (path: string, ...parts: Buffer[]) =>
    head(
      `POST /v1/${path}`,
      [auth, "Content-Type: multipart/form-data; boundary=cut"],
      Buffer.concat([...parts, Buffer.from("--cut--\r\n")]),
    );
  const archive = zip([
    { name: "a/b.txt", data: Buffer.from("text") },
    { name: "c.png", data: png() },
  ]);
  return [
    json("Run/test/needs", { prompt: "x", steps: 3, nested: { a: [1, 2, { b: null }] } }),
    json("Run/test/dollar", { prompt: "p".repeat(500), seed: "9007199254740993", list: ["a", "b"] }),
    json("Run/test/kinds", { text: "x", n: 1.5 }, "Idempotency-Key: once", "Modelyard-Priority: high"),
    json("Run/test/echo", {
      prompt: "x",
      inputImageUrl: "http://127.0.0.1:1/a.png",
      callbackUrl: "http://127.0.0.1:1/",
    }),
    json("Task/Detail", { tasktoken: task.socketaccesstoken }),
    json("Task/Detail", { taskid: task.taskid }),
    json("Task/List", { start: "0", limit: "3", order: "ASC", modelName: "dollar" }),
    json("Task/Stat", {}),
    json("Task/Cancel", { taskid: "1" }),
    json("Task/CallbackList", { start: 0, limit: 5 }),
    json("Task/InputOutputDelete", { tasktoken: task.socketaccesstoken }),
    json("File/List", { start: "0", limit: "5" }),
    json("File/FolderCreate", { name: "folder" }),
    json("File/FolderList", {}),
    json("File/Delete", { fileid: "0".repeat(32) }),
    json("Tool/List", { search: "echo text", sort: "relevance", categories: ["tool"], summary: true }),
    json("Tool/Detail", { slugowner: "test", slugproject: "echo" }),
    json("Tool/DetailOpenAPI", { slugowner: "test", slugproject: "kinds" }),
    json("Tool/Explore", {}),
    json("Project/List", { uuid: "me" }),
    head("POST /v1/Task/Detail", [auth], Buffer.from(`taskid=${task.taskid}&tasktoken=`)),
    head(
      "POST /v1/Task/List",
      [auth, "Content-Type: application/x-www-form-urlencoded"],
      Buffer.from("start=0&limit=2&a[]=1&a[]=2&b[0]=x"),
    ),
    head("POST /v1/Task/Stat", [auth, "Content-Type: multipart/form-data"], Buffer.from('{"a":1}')),
    form("Run/test/echo", part("prompt", "x"), part("inputImage", png(), "a.png")),
    form("Run/test/kinds", part("list[]", "1"), part("list[]", "2"), part("json", '["a","b"]')),
    form("File/Upload", part("file", png(), "a.png")),
    form("File/Upload", part("file", wav(), "a.wav"), part("folderid", "")),
    form("File/Upload", part("file", gif(), "a.gif")),
    form("File/Upload", part("file", archive, "a.zip")),
    head("GET /openapi.json", [], Buffer.alloc(0)),
    head(
      "GET /v1/File/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/0.png",
      ["Range: bytes=0-5", 'If-None-Match: "x"'],
      Buffer.alloc(0),
    ),
    Buffer.concat([
      Buffer.from(
        "GET /v1 HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
      ),
      // A masked text frame with a mask of zeros: its bytes are the message's.
      frame(`{"type":"task_info","tasktoken":"${task.socketaccesstoken}"}`),
    ]),
  ];
}

function frame(text: string): Buffer {
  const body = Buffer.from(text);
  return Buffer.concat([Buffer.from([0x81, 0x80 | body.length, 0, 0, 0, 0]), body]);
}

const TOKENS = [
  "\0", "\r\n", "\r\n\r\n", "\n", '"', "'", "\\", "{", "}", "[[[[[[[[", "]", ",", ":", "%00", "%2e%2e%2f", "../../", "..\\",
  '"__proto__":{"x":1},', '"constructor":{"prototype":{"x":1}},', "null", "1e400", "-0", "0x10", "NaN", "9".repeat(40),
  "\ud800", "\u202e", "$(id)", "; rm", "' or 1=1 --", "Transfer-Encoding: chunked\r\n", "Content-Length: 5\r\n",
  "Expect: 100-continue\r\n", "Content-Encoding: gzip\r\n", "Content-Type: application/json; charset=utf-16\r\n",
  "boundary=", "--cut--", "--cut\r\n", 'filename="../../x.png"', 'filename*=UTF-8\'\'%0a', "x".repeat(3000), "[".repeat(2000),
  '{"a":'.repeat(1000), "http://169.254.169.254/", "file:///etc/passwd", "HTTP/1.0", "HTTP/9.9", "PK\u0001\u0002", "ftyp", "GIF89a",
]; // biome-ignore format: a list of words

const change = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("flip" as const), at: fc.nat(), to: fc.nat(255) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("cut" as const), at: fc.nat(), length: fc.nat(200) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("end" as const), at: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("again" as const), at: fc.nat(), length: fc.nat(400) }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant("put" as const), at: fc.nat(), token: fc.constantFrom(...TOKENS) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("length" as const), to: fc.integer({ min: -5, max: 3000 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("splice" as const), at: fc.nat(), other: fc.nat() }) },
);
const damage = fc.record({ which: fc.nat(), changes: fc.array(change, { minLength: 1, maxLength: 5 }) });
type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never;

function damaged(good: readonly Buffer[], { which, changes }: Damage): Buffer {
  let bytes = Buffer.from(good[which % good.length] as Buffer);
  for (const one of changes) {
    const at = "at" in one ? placeOf(bytes, one.at) : 0;
    const [before, behind] = [bytes.subarray(0, at), bytes.subarray(at)];
    if (one.kind === "flip") bytes = Buffer.concat([before, Buffer.from([one.to]), behind.subarray(1)]);
    else if (one.kind === "cut") bytes = Buffer.concat([before, behind.subarray(one.length)]);
    else if (one.kind === "end") bytes = Buffer.from(before);
    else if (one.kind === "again") bytes = Buffer.concat([before, behind.subarray(0, one.length), behind]);
    else if (one.kind === "put") bytes = Buffer.concat([before, Buffer.from(one.token), behind]);
    else if (one.kind === "length")
      bytes = Buffer.from(
        bytes.toString("latin1").replace(/Content-Length: \d+/, `Content-Length: ${one.to}`),
        "latin1",
      );
    else bytes = Buffer.concat([before, (good[one.other % good.length] as Buffer).subarray(at % 300)]);
  }
  return changes.some(({ kind }) => kind === "length" || kind === "end") ? bytes : withLength(bytes);
}

/** Three of four places are in the body, if there is one: HTTP's own parser refuses most damage before it. */
function placeOf(bytes: Buffer, n: number): number {
  const body = bytes.indexOf("\r\n\r\n") + 4;
  const length = bytes.length - body;
  return body > 3 && length > 0 && n % 4 > 0 ? body + (n % (length + 1)) : n % (bytes.length + 1);
}

/** Says how long the body is now, so that the damage gets behind the parser of HTTP, where there is more to break. */
function withLength(bytes: Buffer): Buffer {
  const cut = bytes.indexOf("\r\n\r\n");
  if (cut < 0) return bytes;
  const head = bytes.subarray(0, cut).toString("latin1");
  const length = bytes.length - cut - 4;
  return Buffer.concat([
    Buffer.from(head.replace(/Content-Length: \d+/, `Content-Length: ${length}`), "latin1"),
    bytes.subarray(cut),
  ]);
}

/** How long a sender waits for an answer before it says that nothing more will come, and then for the end, in milliseconds. */
const PATIENCE_MS = 400;
const LAST_MS = 5_000;

/** Everything that comes back for these bytes until the connection ends. */
function exchange(bytes: Buffer, patienceMs = PATIENCE_MS): Promise<string> {
  const { hostname, port } = new URL(platform.url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    let text = "";
    const done = () => {
      socket.destroy();
      resolve(text);
    };
    socket.setTimeout(patienceMs, () => {
      if (socket.writableEnded) return done();
      socket.setTimeout(LAST_MS);
      socket.end();
    });
    socket.on("connect", () => socket.write(bytes));
    socket.on("data", (chunk) => {
      if (text.length < 100_000) text += chunk.toString("latin1");
    });
    socket.on("close", done);
    socket.on("error", done);
  });
}

function footprint(): { mib: number; handles: number } {
  const { pid } = platform.process;
  const rss = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return { mib: Number(rss) / 1024, handles: readdirSync(`/proc/${pid}/fd`).length };
}

test("a target that is a whole address is its path, and one that is neither is nobody's", async () => {
  const get = (target: string) =>
    exchange(Buffer.from(`GET ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`), 60_000);
  assert.match(await get("http://proxied.example/openapi.json?x=1"), /^HTTP\/1\.1 200 [\s\S]*"openapi"/);
  // Two slashes in a row are first made one by a redirect to a path of this server.
  for (const target of ["file:///etc/passwd/v1/File/a/0.png", "mailto:x", "http://[broken", "*"])
    assert.match(await get(target), /^HTTP\/1\.1 (400 |404 |307 [\s\S]*\nlocation: \/[a-z]+:\/)/, target);
});

test(`${REQUESTS} damaged requests (S5)`, { timeout: 30 * 60_000 }, async () => {
  const own = caller(platform.url, { apiKey: key });
  const task = await own.run("test/dollar");
  const good = goodRequests(task);
  for (const bytes of good)
    assert.match(await exchange(bytes), /^HTTP\/1\.1 (101|200|404|206)/, bytes.toString("latin1").slice(0, 80));

  const faults: string[] = [];
  const answers = new Map<string, number>();
  async function send(count: number, from: number): Promise<void> {
    const cases = fc.sample(damage, { seed: from, numRuns: count });
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let one = cases.pop(); one; one = cases.pop()) {
          const bytes = damaged(good, one);
          const answer = await exchange(bytes);
          const status = /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? "closed";
          answers.set(status, (answers.get(status) ?? 0) + 1);
          if (
            /^HTTP\/1\.1 5/.test(answer) ||
            /\n\s+at .+\.[jt]s:\d+/.test(answer) ||
            platform.process.exitCode !== null
          )
            faults.push(`${JSON.stringify(bytes.toString("latin1").slice(0, 1500))}\n→ ${answer.slice(0, 500)}`);
        }
      }),
    );
  }

  await send(WARM, seed);
  const { mib, handles } = footprint();
  for (let left = REQUESTS - WARM, n = 1; left > 0; left -= 2_000, n++) await send(Math.min(left, 2_000), seed + n);
  const note = `seed ${seed}: ${[...answers].map(([status, count]) => `${count} × ${status}`).join(", ")}`;
  // Much of what is damaged still gets as far as the API's own rules.
  assert.ok((answers.get("200") ?? 0) > REQUESTS / 4, note);
  assert.deepEqual(faults.slice(0, 3), [], note);
  assert.doesNotMatch(platform.output(), /internal error|unhandled|fatal/i, note);
  assert.equal((await own.call("Task/Stat")).status, 200, `it still answers (${note})`);
  await until(() => footprint().handles <= handles + 8, `file handles are back at ${handles} (${note})`);
  await until(() => footprint().mib - mib <= GROWTH_MIB, `memory is back at ${Math.round(mib)} MiB (${note})`);
  process.stdout.write(`# ${note}: ${Math.round(mib)} MiB warm, ${Math.round(footprint().mib)} MiB at the end\n`);
});
