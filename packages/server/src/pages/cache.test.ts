import assert from "node:assert/strict";
import { test } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import type { SiteAnswer } from "@modelyard/contract";
import { createPageCache } from "./cache.ts";

const answer = (body: string, status = 200): SiteAnswer => ({ status, contentType: "text/html", body, scripts: [] });

test("concurrent questions share one making, and each encoding says the same", async () => {
  let made = 0;
  const cache = createPageCache(() => 0);
  const make = async () => answer(`page ${++made}`);
  const [first, second] = await Promise.all([cache.get("a", make), cache.get("a", make)]);
  assert.equal(made, 1);
  assert.equal(first, second);
  assert.equal(first.bodies.identity.toString(), "page 1");
  assert.equal(gunzipSync(first.bodies.gzip).toString(), "page 1");
  assert.equal(brotliDecompressSync(first.bodies.br).toString(), "page 1");
});

test("an older page is sent at once and made anew beside it; one that is too old is waited for", async () => {
  let now = 0;
  let made = 0;
  const cache = createPageCache(() => now);
  const make = async () => answer(`page ${++made}`);
  const body = async () => (await cache.get("a", make)).bodies.identity.toString();
  assert.equal(await body(), "page 1");
  now = 6_000;
  assert.equal(await body(), "page 1");
  while (made < 2 || (await body()) === "page 1") await new Promise((resolve) => setImmediate(resolve));
  assert.equal(await body(), "page 2");
  now = 1_000_000;
  assert.equal(await body(), "page 3");
});

test("a page that cannot be made anew stays; a failure of the server is not kept", async () => {
  let now = 0;
  const cache = createPageCache(() => now);
  await cache.get("a", async () => answer("good"));
  now = 6_000;
  const failing = async (): Promise<SiteAnswer> => {
    throw new Error("the thread is gone");
  };
  assert.equal((await cache.get("a", failing)).bodies.identity.toString(), "good");
  await cache.get("b", async () => answer("broken", 500));
  assert.equal((await cache.get("b", async () => answer("mended"))).bodies.identity.toString(), "mended");
  await assert.rejects(cache.get("c", failing));
});

test("once cleared, nothing made before is sent, nor what was being made", async () => {
  let made = 0;
  const cache = createPageCache(() => 0);
  let release = (_answer: SiteAnswer) => {};
  const slow = () => new Promise<SiteAnswer>((resolve) => (release = resolve));
  await cache.get("a", async () => answer("old"));
  const early = cache.get("b", slow);
  cache.clear();
  const make = async () => answer(`new ${++made}`);
  assert.equal((await cache.get("a", make)).bodies.identity.toString(), "new 1");
  const late = cache.get("b", make);
  release(answer("old"));
  assert.equal((await early).bodies.identity.toString(), "old");
  assert.equal((await late).bodies.identity.toString(), "new 2");
  assert.equal((await cache.get("b", make)).bodies.identity.toString(), "new 2");
});

test("beyond its bytes, what was not asked for longest goes first", async () => {
  const made: string[] = [];
  const cache = createPageCache(() => 0, 3_000);
  const ask = (key: string) =>
    cache.get(key, async () => {
      made.push(key);
      return answer(key.repeat(1_000));
    });
  await ask("a");
  await ask("b");
  await ask("a");
  await ask("c");
  await ask("a");
  assert.deepEqual(made, ["a", "b", "c"], "a was asked for again and stayed");
  await ask("b");
  assert.deepEqual(made, ["a", "b", "c", "b"]);
});
