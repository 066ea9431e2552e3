import assert from "node:assert/strict";
import { test } from "node:test";
import { isPublicAddress, isSameAddress, parseAddress } from "./address-policy.ts";

const bytes = (text: string) => {
  const parsed = parseAddress(text);
  assert.ok(parsed, text);
  return parsed;
};

/** First and last address of every denied range, and their neighbours outside. */
const DENIED = `
  0.0.0.0 0.255.255.255 10.0.0.0 10.255.255.255 100.64.0.0 100.127.255.255 127.0.0.0 127.255.255.255 169.254.0.0 169.254.255.255
  172.16.0.0 172.31.255.255 192.0.0.0 192.0.0.255 192.0.2.0 192.0.2.255 192.88.99.0 192.88.99.255 192.168.0.0 192.168.255.255
  198.18.0.0 198.19.255.255 198.51.100.0 198.51.100.255 203.0.113.0 203.0.113.255 224.0.0.0 239.255.255.255 240.0.0.0 255.255.255.255
  :: ::1 ::7f00:1 ::808:808 ::ffff:127.0.0.1 ::ffff:10.1.2.3 64:ff9b::808:808 64:ff9b::7f00:1 64:ff9b:1::1 100::1 1fff:ffff::1
  2001:: 2001:0:ffff:ffff:ffff:ffff:ffff:ffff 2001:db8:: 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff 2002:: 2002:ffff:ffff::1 3fff:: 3fff:fff:ffff::1
  4000:: 5f00::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1 ff02::1`;
const PUBLIC = `
  1.0.0.0 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 169.253.255.255 169.255.0.0
  172.15.255.255 172.32.0.0 192.0.1.0 192.0.3.0 192.88.98.255 192.88.100.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0
  198.51.99.255 198.51.101.0 203.0.112.255 203.0.114.0 223.255.255.255 ::ffff:8.8.8.8
  2000:: 2001:1:: 2001:db7:ffff::1 2001:db9:: 2003::1 2606:4700:4700::1111 2a00:1450::1 3ffe::1 3fff:1000:: 3fff:ffff::1`;

test("the deny lists are exact at both ends", () => {
  for (const text of DENIED.trim().split(/\s+/)) assert.equal(isPublicAddress(bytes(text)), false, text);
  for (const text of PUBLIC.trim().split(/\s+/)) assert.equal(isPublicAddress(bytes(text)), true, text);
});

test("all spellings of an address are the same bytes", () => {
  assert.deepEqual(bytes("::ffff:1.2.3.4"), [1, 2, 3, 4]);
  assert.deepEqual(bytes("::FFFF:102:304"), [1, 2, 3, 4]);
  assert.deepEqual(bytes("2001:db8::1"), bytes("2001:0db8:0:0:0:0:0:1"));
  assert.deepEqual(bytes("1::"), [0, 1, ...Array(14).fill(0)]);
  assert.ok(isSameAddress(bytes("fe80::1%eth0"), bytes("fe80::1")));
  assert.ok(!isSameAddress(bytes("1.2.3.4"), bytes("::1.2.3.4")));
  for (const text of ["", "localhost", "1.2.3", "0x7f.1", "01.2.3.4", "1.2.3.4.5", ":::", "[::1]"])
    assert.equal(parseAddress(text), undefined, text);
});
