import assert from "node:assert/strict";
import { test } from "node:test";
import { Webhook } from "standardwebhooks";
import { hostOf, judge, MAX_TRIES, nextWait, retryAfterMs, signedHeaders } from "./policy.ts";

const H = 3_600_000;

test("eight attempts: at 0, 2 and 4 s, then ever later, each wait up to 20 % off", () => {
  const middle = Array.from({ length: MAX_TRIES }, (_, tries) => nextWait(tries, 0.5));
  assert.deepEqual(middle, [0, 2_000, 2_000, 300_000, 1_800_000, 2 * H, 5 * H, 10 * H]);
  assert.deepEqual([nextWait(3, 0), nextWait(3, 1)], [240_000, 360_000]);
  assert.equal(nextWait(MAX_TRIES, 0.5), undefined);
});

test("what an answer means", () => {
  const kinds = (status: number) => judge({ status, retryAfter: "" }, 0).kind;
  assert.deepEqual([200, 201, 202, 204, 299].map(kinds), Array(5).fill("delivered"));
  assert.deepEqual([100, 301, 302, 307, 308, 400, 404, 429, 500, 503].map(kinds), Array(10).fill("retry"));
  assert.equal(kinds(410), "stop");
  assert.deepEqual(judge({ error: "no" }, 0), { kind: "retry", error: "no", leastWaitMs: 0 });
  const least = (status: number) => {
    const verdict = judge({ status, retryAfter: "60" }, 0);
    return verdict.kind === "retry" ? verdict.leastWaitMs : undefined;
  };
  assert.deepEqual([429, 502, 503, 504, 500, 404].map(least), [60_000, 60_000, 60_000, 60_000, 0, 0]);
});

test("Retry-After in seconds or as a date, never more than a day, never less than nothing", () => {
  const now = Date.parse("Fri, 20 Nov 2026 12:00:00 GMT");
  for (const [header, expected] of [
    ["5", 5_000],
    [" 5 ", 5_000],
    ["Fri, 20 Nov 2026 12:01:00 GMT", 60_000],
    ["Fri, 20 Nov 2026 11:00:00 GMT", 0],
    ["999999999", 24 * H],
    ["-5", 0],
    ["", 0],
    ["soon", 0],
  ] as const) {
    assert.equal(retryAfterMs(header, now), expected, header);
  }
});

test("signatures are those of Standard Webhooks, one for each secret", () => {
  const secrets = ["a", "b"].map((letter) => `whsec_${Buffer.from(letter.repeat(32)).toString("base64")}`);
  const body = Buffer.from('{"text":"ünï"}');
  const headers = signedHeaders({ id: "msg_1", now: Date.now(), body, secrets });
  for (const secret of secrets) new Webhook(secret).verify(body.toString(), headers);
  const stranger = new Webhook(`whsec_${Buffer.from("c".repeat(32)).toString("base64")}`);
  assert.throws(() => stranger.verify(body.toString(), headers));
  assert.equal(headers["webhook-signature"]?.split(" ").length, 2);
});

test("a host is its name and port, in one spelling", () => {
  assert.equal(hostOf("https://Example.COM:443/a"), "example.com");
  assert.equal(hostOf("http://example.com:8080/b"), "example.com:8080");
});
