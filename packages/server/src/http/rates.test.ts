import assert from "node:assert/strict";
import { test } from "node:test";
import { Buckets, senderOf } from "./rates.ts";

function clock() {
  let ms = 0;
  return { now: () => ms, pass: (seconds: number) => (ms += seconds * 1000) };
}

test("a burst, then the rate", () => {
  const time = clock();
  const buckets = new Buckets({ perSecond: 2, burst: 5 }, time.now);
  assert.deepEqual(
    [1, 2, 3, 4, 5, 6].map(() => buckets.take("a")),
    [0, 0, 0, 0, 0, 1],
  );
  assert.equal(buckets.take("b"), 0, "another key has its own");
  time.pass(0.5);
  assert.deepEqual([buckets.take("a"), buckets.take("a")], [0, 1]);
  time.pass(3600);
  assert.equal([...Array(10).keys()].filter(() => buckets.take("a") === 0).length, 5, "no more than a burst is saved");
});

test("what is known only afterwards is owed", () => {
  const time = clock();
  const buckets = new Buckets({ perSecond: 10, burst: 100 }, time.now);
  assert.equal(buckets.take("a", 0), 0);
  buckets.charge("a", 300);
  assert.equal(buckets.take("a", 0), 21, "201 tokens are missing, ten come a second");
  time.pass(21);
  assert.equal(buckets.take("a", 0), 0);
});

test("many keys are forgotten, not kept", () => {
  const time = clock();
  const buckets = new Buckets({ perSecond: 1, burst: 1 }, time.now);
  for (let n = 0; n < 120_000; n++) {
    buckets.take(String(n));
    time.pass(0.0001);
  }
  assert.equal(buckets.take("fresh"), 0);
});

test("one IPv6 customer is one sender", () => {
  assert.equal(senderOf("::ffff:192.0.2.7"), "192.0.2.7");
  assert.equal(senderOf("192.0.2.7"), "192.0.2.7");
  assert.equal(senderOf("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  assert.equal(senderOf("2001:db8:1:2::1"), senderOf("2001:0db8:0001:0002:ffff::"));
  assert.equal(senderOf("::1"), "0:0:0:0::/64");
  assert.equal(senderOf("fe80::1%eth0"), "fe80:0:0:0::/64");
  assert.notEqual(senderOf("2001:db8:1:3::1"), senderOf("2001:db8:1:2::1"));
});
