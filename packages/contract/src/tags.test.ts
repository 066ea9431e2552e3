import assert from "node:assert/strict";
import { test } from "node:test";
import { readTags } from "./tags.ts";

test("tags are read from text with commas, each once", () => {
  assert.deepEqual(readTags("spring, shop:42 ,spring,a/b=c@d+e-f_g.h"), ["spring", "shop:42", "a/b=c@d+e-f_g.h"]);
  assert.deepEqual(readTags(" , ,"), []);
  assert.deepEqual(readTags("Spring,spring"), ["Spring", "spring"]);
  assert.deepEqual(readTags("x".repeat(50)), ["x".repeat(50)]);
});

test("what is no tag, and more than ten, is refused", () => {
  for (const wrong of ["two words", "-x", "é", "a\tb", "<b>", "x".repeat(51), "a;b", '"a"', "a%2Cb"])
    assert.equal(readTags(wrong), undefined, wrong);
  assert.equal(readTags(Array.from({ length: 11 }, (_, n) => `t${n}`).join(",")), undefined);
  assert.equal(readTags(Array.from({ length: 10 }, (_, n) => `t${n}`).join(","))?.length, 10);
});
