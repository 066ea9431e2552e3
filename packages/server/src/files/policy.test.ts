import assert from "node:assert/strict";
import { test } from "node:test";
import { typeByName } from "./policy.ts";

test("the type of a file by its name, whatever the name is", () => {
  assert.equal(typeByName("a.PNG", "text/html"), "image/png");
  assert.equal(typeByName("a.unheard", "model/x"), "model/x");
  assert.equal(typeByName("a.unheard", "no type"), "application/octet-stream");
  // What every object has is no entry of the table.
  for (const name of ["constructor", "a.constructor", "a.toString", "a.__proto__", "a.hasOwnProperty"])
    assert.equal(typeByName(name), "application/octet-stream", name);
});
