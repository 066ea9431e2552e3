import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";
import { FetchError } from "./fetch-error.ts";
import { hostileUrls } from "./fixtures/hostile-urls.ts";
import { guardedPost, type PostOptions } from "./guarded-post.ts";

async function host(listener: RequestListener) {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const place = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${place}/hook?x=1`,
    post: (options: Partial<PostOptions> = {}) =>
      guardedPost(`http://${place}/hook?x=1`, {
        body: Buffer.from('{"a":1}'),
        headers: { "content-type": "application/json", "webhook-id": "m1" },
        timeoutMs: 5_000,
        responseBytes: 16,
        allowHosts: [place],
        ...options,
      }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

test("sends body and headers, and reads so much of the answer", async () => {
  let seen = "";
  await using it = await host(async (request, response) => {
    const body = await buffer(request);
    seen = `${request.method} ${request.url} ${request.headers["webhook-id"]} ${request.headers["content-type"]} ${body}`;
    response.writeHead(429, { "retry-after": "7" }).end("x".repeat(1_000_000));
  });
  const { status, header, body } = await it.post();
  assert.equal(seen, 'POST /hook?x=1 m1 application/json {"a":1}');
  assert.deepEqual([status, header("retry-after"), String(body)], [429, "7", "x".repeat(16)]);
});

test("a redirect is an answer, and nothing is sent where it points", async () => {
  let asked = 0;
  await using it = await host((_request, response) => {
    asked++;
    response.writeHead(307, { location: "/elsewhere" }).end();
  });
  assert.equal((await it.post()).status, 307);
  assert.equal(asked, 1);
});

test("an answer that never comes ends at the limit; one that stalls in its body has its status", async () => {
  await using silent = await host(() => {});
  const began = performance.now();
  await assert.rejects(silent.post({ timeoutMs: 300 }), FetchError);
  assert.ok(performance.now() - began < 5_000);
  await using stalls = await host((_request, response) => void response.writeHead(200).write("part"));
  const { status, body } = await stalls.post({ timeoutMs: 300 });
  assert.deepEqual([status, String(body)], [200, "part"]);
});

test("a private address is refused unless it is allowed, in every spelling", async () => {
  await using it = await host((_request, response) => void response.end());
  await assert.rejects(it.post({ allowHosts: [] }), /public internet/);
  for (const url of hostileUrls(9)) {
    await assert.rejects(
      guardedPost(url, { body: Buffer.from(""), headers: {}, timeoutMs: 1_000, responseBytes: 16 }),
      FetchError,
    );
  }
});

test("a refusal speaks of callbacks", async () => {
  const post = (url: string) =>
    guardedPost(url, { body: Buffer.from(""), headers: {}, timeoutMs: 1_000, responseBytes: 1 });
  await assert.rejects(post("http://example.com:9/"), {
    message: "Port 9 is not one that callbacks are sent to.",
  });
  await assert.rejects(post("ftp://example.com/"), {
    message: "Only http:// and https:// addresses can be called back.",
  });
});
