import assert from "node:assert/strict";
import { test } from "node:test";
import { isSameToken, operatorToken } from "./operator-token.ts";

test("the token is the master key's own, and none of its bytes", () => {
  const key = Buffer.alloc(32, 7);
  // HKDF-SHA256 without salt, worked out with Python's hmac module.
  assert.equal(operatorToken(key), "myop_UCD8gAXkw9FnJ3t1Y-h1s-komITvwWq8caU3i4lU0MA");
  assert.notEqual(operatorToken(Buffer.alloc(32, 8)), operatorToken(key));
});

test("one letter more, less or other is another token", () => {
  const token = operatorToken(Buffer.alloc(32, 7));
  assert.ok(isSameToken(token, token));
  for (const other of ["", `${token}a`, token.slice(0, -1), token.toUpperCase()]) assert.ok(!isSameToken(other, token));
});
