import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { createServer, get, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { sendFile } from "./send.ts";

const bytes = randomBytes(3 * 1024 * 1024 + 17);
const path = join(mkdtempSync(join(tmpdir(), "modelyard-send-")), "file");
writeFileSync(path, bytes);

let server: Server;
let url: string;
const failures: unknown[] = [];
before(async () => {
  server = createServer(async (request, response) => {
    const [start = 0, end = bytes.length - 1] = (request.url ?? "").slice(1).split("-").filter(Boolean).map(Number);
    const file = await open(path);
    try {
      await sendFile(file, response, { start, end });
    } catch (error) {
      failures.push(error);
      response.destroy();
    } finally {
      await file.close();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => server.close());

const fetched = async (range: string) => Buffer.from(await (await fetch(`${url}/${range}`)).arrayBuffer());

test("every byte, at every boundary of the pieces", async () => {
  const piece = 256 * 1024;
  for (const [start, end] of [
    [0, bytes.length - 1],
    [0, 0],
    [0, piece - 1],
    [0, piece],
    [1, piece],
    [piece - 1, piece],
    [bytes.length - 1, bytes.length - 1],
    [7, 32 * 1024 + 6],
    [12_345, bytes.length - 2],
  ] as const) {
    assert.ok((await fetched(`${start}-${end}`)).equals(bytes.subarray(start, end + 1)), `${start} to ${end}`);
  }
});

test("many readers at once, more than there are large buffers, all get their own bytes", async () => {
  const starts = Array.from({ length: 200 }, (_, n) => n * 1009);
  const found = await Promise.all(starts.map((start) => fetched(`${start}-${start + 1_000_000}`)));
  for (const [n, start] of starts.entries())
    assert.ok(found[n]?.equals(bytes.subarray(start, start + 1_000_001)), `from ${start}`);
});

test("readers that go away leave no file open", async () => {
  const handles = () => readdirSync("/proc/self/fd").length;
  const before = handles();
  failures.length = 0;
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      const response = await new Promise<import("node:http").IncomingMessage>((resolve) => get(url, resolve));
      await new Promise((resolve) => response.once("data", resolve));
      response.destroy();
    }),
  );
  for (let n = 0; n < 200 && (failures.length < 20 || handles() > before + 2); n++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(failures.length, 20);
  assert.ok(handles() <= before + 2, `${handles()} handles, ${before} before`);
});

test("a file that is shorter than was said breaks the answer off", async () => {
  failures.length = 0;
  const response = await new Promise<import("node:http").IncomingMessage>((resolve) =>
    get(`${url}/0-${bytes.length + 5}`, resolve),
  );
  await assert.rejects(buffer(response));
  assert.match(String(failures[0]), /ended before its last byte/);
});
