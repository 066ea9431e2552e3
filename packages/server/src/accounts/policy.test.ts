import assert from "node:assert/strict";
import { test } from "node:test";
import { BY_ACCOUNT, createBackOff, waitAfter } from "./back-off.ts";
import { isCommonPassword } from "./common-passwords.ts";
import {
  cookieName,
  cookieToken,
  isLoopback,
  localPath,
  normalEmail,
  passwordFits,
  plainName,
  sameSite,
  sessionCookie,
  sessionHolds,
} from "./policy.ts";

test("one spelling for each e-mail address (reliability c, 94)", () => {
  for (const [raw, wanted] of [
    [" Ada@Example.COM ", "ada@example.com"],
    ["ada+news@example.com", "ada+news@example.com"],
    ["ada@bücher.example", "ada@xn--bcher-kva.example"],
    ["ada@ｅｘａｍｐｌｅ.com", "ada@example.com"],
    ["ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"],
  ])
    assert.equal(normalEmail(raw), wanted, raw);
  for (const raw of [
    "",
    "ada",
    "@example.com",
    "ada@",
    "ada@localhost",
    "a da@example.com",
    "аda@example.com",
    "ada@example..com",
    ".ada@example.com",
    "a..b@example.com",
    "ada@-example.com",
    "ada@example.com\nbcc:eve@example.com",
    "<ada@example.com>",
    `${"a".repeat(65)}@example.com`,
    `ada@${"a".repeat(300)}.com`,
    7,
    null,
    ["ada@example.com"],
  ])
    assert.equal(normalEmail(raw), undefined, JSON.stringify(raw));
});

test("names are one line, whatever is written in it", () => {
  for (const name of ["Ada", "<script>alert(1)</script>", "'; drop table account; --", "エイダ", "a".repeat(100)])
    assert.equal(plainName(name), name);
  for (const name of ["", "  ", "a\nb", "a\u0000b", "a".repeat(101), "\u202egnp.exe", "\ud800", 5, null])
    assert.equal(plainName(name), undefined, JSON.stringify(name));
});

test("passwords have 8 to 128 characters and are not one of the common ones", async () => {
  for (const password of ["12345678", "a".repeat(128), "💡".repeat(128), "with blanks in it"])
    assert.ok(passwordFits(password), password);
  for (const password of ["1234567", "a".repeat(129), "a".repeat(10_000)]) assert.ok(!passwordFits(password));
  for (const password of ["password", "Password", "12345678", "qwertyuiop", "iloveyou"])
    assert.ok(await isCommonPassword(password), password);
  for (const password of ["correct horse 9", "a fine long one"])
    assert.ok(!(await isCommonPassword(password)), password);
});

test("only paths on this server are gone to afterwards (reliability c, 95)", () => {
  for (const path of ["/", "/models?category=text#top", "/a/b%20c"]) assert.equal(localPath(path), path);
  for (const path of [
    "//evil.example",
    "/\\evil.example",
    "\\\\evil",
    "https://evil.example",
    "javascript:alert(1)",
    "/a\nb",
    "/a\\..\\b",
    " /a",
    "evil",
    "",
    undefined,
    ["/"],
  ])
    assert.equal(localPath(path), undefined, JSON.stringify(path));
});

test("what changes something must come from a page of this server", () => {
  const base = "http://127.0.0.1:8787";
  const sent = (site: string | undefined, origin: string | undefined) => sameSite({ site, origin }, base);
  assert.ok(sent("same-origin", undefined) && sent(undefined, base) && sent("same-origin", "null"));
  for (const [site, origin] of [
    [undefined, undefined],
    [undefined, "null"],
    [undefined, "http://evil.example"],
    [undefined, "http://127.0.0.1:8788"],
    [undefined, "https://127.0.0.1:8787"],
    [undefined, `${base}.evil.example`],
    ["cross-site", base],
    ["same-site", base],
    ["none", base],
  ])
    assert.ok(!sent(site, origin), JSON.stringify([site, origin]));
});

test("the cookie is tied to the host over TLS, and plain on this machine", () => {
  const [tls, plain] = ["https://yard.example", "http://127.0.0.1:8787"];
  const token = "t".repeat(43);
  assert.equal(
    sessionCookie(tls, token),
    `__Host-modelyard=${token}; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax; Secure`,
  );
  assert.equal(cookieToken(`a=b; __Host-modelyard=${token}`, tls), token);
  assert.equal(cookieToken(`modelyard-session=${token}`, tls), undefined, "a plain one can be set by other hosts");
  assert.equal(cookieToken(`${cookieName(plain)}=short`, plain), undefined);
  assert.match(sessionCookie(plain, ""), /=; Path=\/; Max-Age=0;/);
  for (const base of ["http://localhost:1", "http://[::1]:1", "http://127.3.4.5"]) assert.ok(isLoopback(base), base);
  for (const base of ["http://localhost.evil.example", "http://192.168.1.5", "http://127.0.0.1.nip.io"])
    assert.ok(!isLoopback(base), base);
});

test("sessions end 12 hours after their last use and 30 days after their beginning", () => {
  const hour = 3_600_000;
  assert.ok(sessionHolds({ created_at: 0, seen_at: 0 }, 12 * hour - 1));
  assert.ok(!sessionHolds({ created_at: 0, seen_at: 0 }, 12 * hour));
  assert.ok(sessionHolds({ created_at: 0, seen_at: 719 * hour }, 720 * hour - 1));
  assert.ok(!sessionHolds({ created_at: 0, seen_at: 719 * hour }, 720 * hour));
});

test("failures cost waits that grow, and attempts at once do not get around them", () => {
  assert.deepEqual(
    [4, 5, 6, 7, 12, 1000].map((count) => waitAfter(count, BY_ACCOUNT)),
    [0, 1000, 2000, 4000, 60_000, 60_000],
  );
  const backOff = createBackOff();
  const attempts = Array.from({ length: 100 }, () => backOff.attempt("a", BY_ACCOUNT, 1_000));
  assert.equal(attempts.filter((wait) => wait === 0).length, BY_ACCOUNT.free);
  assert.equal(backOff.attempt("b", BY_ACCOUNT, 1_000), 0, "others do not wait");
  assert.equal(backOff.attempt("a", BY_ACCOUNT, 2_000), 0, "after the wait there is one more");
  assert.equal(backOff.attempt("a", BY_ACCOUNT, 2_001), 1_999);
  backOff.succeeded("a", { forget: true });
  assert.equal(backOff.attempt("a", BY_ACCOUNT, 2_002), 0);
});
