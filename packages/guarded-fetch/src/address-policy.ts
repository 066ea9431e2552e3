/**
 * Which IP addresses may be connected to for somebody else. Pure; decided on canonical bytes, never on text, because one address
 * has many spellings. IPv4: everything but IANA's special-purpose ranges. IPv6: only global unicast
 * (2000::/3) without the ranges that embed another address (6to4, Teredo) or lead nowhere.
 */
import { isIPv4, isIPv6 } from "node:net";

/** 4 or 16 bytes in network order. */
export type AddressBytes = readonly number[];

/** IPv4 written as IPv6 by sockets of both families. */
const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

interface AddressRange {
  bytes: AddressBytes;
  bits: number;
}

const DENIED_V4: readonly AddressRange[] = ranges([
  "0.0.0.0/8", // this network
  "10.0.0.0/8",
  "100.64.0.0/10", // carrier-grade NAT
  "127.0.0.0/8",
  "169.254.0.0/16", // link-local; cloud metadata
  "172.16.0.0/12",
  "192.0.0.0/24", // protocol assignments; metadata of one cloud
  "192.0.2.0/24", // documentation
  "192.88.99.0/24", // 6to4 relays
  "192.168.0.0/16",
  "198.18.0.0/15", // benchmarks
  "198.51.100.0/24", // documentation
  "203.0.113.0/24", // documentation
  "224.0.0.0/4", // multicast
  "240.0.0.0/4", // reserved; broadcast
]);
const ALLOWED_V6 = ranges(["2000::/3"]);
const DENIED_V6 = ranges([
  "2001::/32", // Teredo: embeds an IPv4 address
  "2001:db8::/32", // documentation
  "2002::/16", // 6to4: embeds an IPv4 address
  "3fff::/20", // documentation
]);
function ranges(texts: readonly string[]): AddressRange[] {
  return texts.map((text) => {
    const [address = "", bits] = text.split("/");
    const bytes = parseAddress(address);
    if (!bytes) throw new Error(`${text} is not a range`);
    return { bytes, bits: Number(bits) };
  });
}

function isIn({ bytes, bits }: AddressRange, address: AddressBytes): boolean {
  for (let bit = 0, index = 0; bit < bits; bit += 8, index++) {
    const mask = bits - bit >= 8 ? 0xff : (0xff << (8 - (bits - bit))) & 0xff;
    if (((bytes[index] ?? 0) & mask) !== ((address[index] ?? 0) & mask)) return false;
  }
  return true;
}

function groups(text: string): number[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    if (group.includes(".")) return group.split(".").map(Number);
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

/** Bytes of an address in any form that the platform prints; IPv4 in IPv6 clothes (`::ffff:a.b.c.d`) becomes IPv4. */
export function parseAddress(text: string): AddressBytes | undefined {
  if (isIPv4(text)) return text.split(".").map(Number);
  if (!isIPv6(text)) return undefined;
  const [head = [], tail] = (text.split("%")[0] ?? "").split("::").map(groups);
  const bytes = tail ? [...head, ...Array<number>(16 - head.length - tail.length).fill(0), ...tail] : head;
  return MAPPED.every((byte, index) => bytes[index] === byte) ? bytes.slice(12) : bytes;
}

export function isSameAddress(a: AddressBytes, b: AddressBytes): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** Whether the address belongs to the public internet. */
export function isPublicAddress(address: AddressBytes): boolean {
  if (address.length === 4) return !DENIED_V4.some((range) => isIn(range, address));
  return ALLOWED_V6.some((range) => isIn(range, address)) && !DENIED_V6.some((range) => isIn(range, address));
}
