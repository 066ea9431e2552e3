import assert from "node:assert/strict";
import { test } from "node:test";
import { clientAddress } from "./upgrades.ts";

const seen = (remote: string, forwarded: string | undefined, trusted: string[]) =>
  clientAddress({ remote, headers: forwarded === undefined ? {} : { "x-forwarded-for": forwarded } }, trusted);

test("a forwarded address is believed from trusted proxies only", () => {
  assert.equal(seen("192.0.2.1", "198.51.100.9", []), "192.0.2.1");
  assert.equal(seen("192.0.2.1", "198.51.100.9", ["10.0.0.0/8"]), "192.0.2.1");
  assert.equal(seen("10.0.0.1", "198.51.100.9", ["10.0.0.0/8"]), "198.51.100.9");
  assert.equal(seen("::ffff:10.0.0.1", "203.0.113.5, 198.51.100.9", ["10.0.0.0/8"]), "198.51.100.9");
  assert.equal(seen("10.0.0.1", "203.0.113.5, 10.0.0.2", ["10.0.0.0/8"]), "203.0.113.5");
  assert.equal(seen("10.0.0.1", undefined, ["10.0.0.0/8"]), "10.0.0.1");
});
