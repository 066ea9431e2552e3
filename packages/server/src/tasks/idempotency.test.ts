import assert from "node:assert/strict";
import { test } from "node:test";
import { fileValue, USD } from "@modelyard/contract";
import type { Database, Tx } from "@modelyard/server/parts";
import { STORES, startTestServer } from "@modelyard/testing";
import { idempotencyKey, runKey } from "./idempotency.ts";

/** Notes every statement that goes through a unit of work's own functions. */
function spyOn(db: Database): string[] {
  const texts: string[] = [];
  const write = db.write.bind(db);
  db.write = (work) =>
    write((tx) =>
      work(
        new Proxy(tx, {
          get(target, name) {
            const value = Reflect.get(target, name) as unknown;
            if (name !== "all" && name !== "run") return value;
            return (text: string, params: readonly (string | number)[]) => {
              texts.push(text);
              return (value as Tx["run"])(text, params);
            };
          },
        }),
      ),
    );
  return texts;
}

for (const store of STORES) {
  test(`who asks for neither key nor callback pays no statement for them (${store.kind})`, async () => {
    const host = await startTestServer(store);
    const { apiKey } = await host.account(100n * USD);
    const texts = spyOn(host.server.db);
    const statements = async (body: object, headers: Record<string, string> = {}) => {
      texts.length = 0;
      const call = (path: string, fields: object, more = {}) =>
        fetch(`${host.server.url}/v1/${path}`, {
          method: "POST",
          headers: { "x-api-key": apiKey, ...more },
          body: JSON.stringify(fields),
        }).then((response) => response.json() as Promise<{ taskid: string }>);
      const { taskid } = await call("Run/test/dollar", body, headers);
      await call("Task/Cancel", { taskid });
      return texts.filter(
        (text) => /idempotency_key|callback( |_attempt|_secret)/.test(text) && /^(insert|update)/.test(text),
      );
    };
    assert.deepEqual(await statements({}), []);
    assert.equal((await statements({}, { "idempotency-key": "a" })).length, 2);
    assert.ok(
      (await statements({ callbackUrl: "http://10.0.0.1/" })).some((text) => /^insert into callback /.test(text)),
    );
    await host.close();
  });
}

test("what makes two requests the same", () => {
  const file = (ref: string, name = "a.png") => fileValue({ ref, name, contentType: "image/png", size: 1 });
  const hashes = new Map([
    ["one", "same bytes"],
    ["two", "same bytes"],
    ["three", "other bytes"],
  ]);
  const hash = (fields: Record<string, unknown>, modelId = 1) => runKey({ key: "k", modelId, fields, hashes }).hash;
  assert.equal(hash({ a: 1, b: { c: [1], d: 2 } }), hash({ b: { d: 2, c: [1] }, a: 1 }));
  assert.equal(hash({ f: file("one") }), hash({ f: file("two") }));
  for (const [left, right] of [
    [{ a: 1 }, { a: "1" }],
    [{ a: [1, 2] }, { a: [2, 1] }],
    [{ a: null }, {}],
    [{ f: file("one") }, { f: file("three") }],
    [{ f: file("one") }, { f: file("one", "b.png") }],
    [{ a: ["fields", []] }, { a: {} }],
  ]) {
    assert.notEqual(
      hash(left as Record<string, unknown>),
      hash(right as Record<string, unknown>),
      JSON.stringify([left, right]),
    );
  }
  assert.notEqual(hash({}, 1), hash({}, 2));
});

test("keys are 1 to 255 printable characters", () => {
  assert.equal(idempotencyKey(undefined), undefined);
  for (const key of ["a", "x".repeat(255), "a b~!"]) assert.equal(idempotencyKey(key), key);
  for (const key of ["", " ", "x".repeat(256), "\t", "ä", "a\u0000", ["a", "b"]])
    assert.throws(() => idempotencyKey(key), /Idempotency-Key/, JSON.stringify(key));
});
