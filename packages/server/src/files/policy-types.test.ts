import assert from "node:assert/strict";
import { test } from "node:test";
import { HEAD_BYTES, nameRefusal, uploadType } from "./policy-types.ts";

const hex = (text: string) => Buffer.concat([Buffer.from(text.replaceAll(" ", ""), "hex"), Buffer.alloc(64)]);
const ftyp = (brand: string) =>
  Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from(`ftyp${brand}`), Buffer.alloc(40)]);
const riff = (kind: string) => Buffer.concat([Buffer.from("RIFF\x24\0\0\0"), Buffer.from(kind), Buffer.alloc(40)]);

/** First bytes of each type, under a name that fits. */
const REAL: readonly (readonly [string, Buffer, string])[] = [
  ["a.png", hex("89504e470d0a1a0a"), "image/png"],
  ["a.jpg", hex("ffd8ffe0"), "image/jpeg"],
  ["a.JPEG", hex("ffd8ffdb"), "image/jpeg"],
  ["a.gif", Buffer.from("GIF87a......"), "image/gif"],
  ["a.webp", riff("WEBP"), "image/webp"],
  ["a.avif", ftyp("avif"), "image/avif"],
  ["a.bmp", hex("424d 00000000 00000000 36000000 28000000"), "image/bmp"],
  ["a.mp4", ftyp("isom"), "video/mp4"],
  ["a.mov", ftyp("qt  "), "video/quicktime"],
  ["a.mov", hex("00000008 77696465"), "video/quicktime"],
  ["a.m4a", ftyp("M4A "), "audio/mp4"],
  ["a.m4a", ftyp("mp42"), "audio/mp4"],
  ["a.webm", hex("1a45dfa3 01000000 0000001f 42868101 42f78101 42f28104 42f38108 4282847765626d"), "video/webm"],
  ["a.wav", riff("WAVE"), "audio/wav"],
  ["a.mp3", Buffer.from("ID3\x03......"), "audio/mpeg"],
  ["a.mp3", hex("fffb9064"), "audio/mpeg"],
  ["a.ogg", Buffer.from("OggS\0......"), "audio/ogg"],
  ["a.opus", Buffer.from("OggS\0......"), "audio/ogg"],
  ["a.flac", Buffer.from("fLaC\0......"), "audio/flac"],
  ["a.mid", Buffer.from("MThd\0......"), "audio/midi"],
  ["a.pdf", Buffer.from("%PDF-1.7\n"), "application/pdf"],
  ["a.glb", Buffer.from("glTF\x02\0\0\0"), "model/gltf-binary"],
  ["a.zip", hex("504b0304"), "application/zip"],
  ["a.txt", Buffer.from("grüße\t\r\n"), "text/plain"],
  ["a.txt", Buffer.from("\u001b[1mcoloured"), "text/plain"],
  ["a.csv", Buffer.from("a,b\n1,2"), "text/csv"],
  ["a.json", Buffer.from('\ufeff {"a":1}'), "application/json"],
];

test("each type is known by its extension and its first bytes", () => {
  for (const [name, head, contentType] of REAL) {
    assert.deepEqual(uploadType(name, head), { ok: true, name, contentType }, `${name} ${contentType}`);
  }
});

test("no type's bytes pass under another's name, except pictures and the family of MP4", () => {
  const family = (name: string) => {
    const extension = name.split(".").at(-1)?.toLowerCase() ?? "";
    if (/^(png|jpe?g|gif|webp|avif|bmp)$/.test(extension)) return "picture";
    if (/^(mp4|mov|m4a)$/.test(extension)) return "mp4";
    if (/^(ogg|opus)$/.test(extension)) return "ogg";
    return /^(txt|csv|json)$/.test(extension) ? "text" : extension;
  };
  for (const [name, head] of REAL) {
    for (const [other] of REAL) {
      // Bytes that happen to be letters only are a text, and harmless as one.
      if (family(name) === family(other) || family(other) === "text") continue;
      assert.equal(uploadType(other, head).ok, false, `${name} as ${other}`);
    }
  }
});

test("bytes that are nothing allowed", () => {
  for (const [name, head] of [
    ["a.png", Buffer.from("<html>")],
    ["a.txt", hex("7f454c46")],
    ["a.txt", Buffer.from("MZ\x90\0")],
    ["a.txt", Buffer.from("ff00", "hex")],
    ["a.json", Buffer.from("<x/>")],
    ["a.mp4", ftyp("heic")],
    ["a.mp3", hex("ffd8ffe0")],
    ["a.mp3", hex("fff15080")],
    ["a.webm", hex("1a45dfa3 42828088 6d6174726f736b61")],
    ["a.zip", hex("504b0506")],
    ["a.png", Buffer.alloc(0)],
  ] as const)
    assert.equal(uploadType(name, head).ok, false, `${name} ${head.toString("hex", 0, 8)}`);
});

test("a text whose last letter is cut off by the look at its start", () => {
  const head = Buffer.from(`x${"ü".repeat(HEAD_BYTES)}`).subarray(0, HEAD_BYTES);
  assert.equal(uploadType("a.txt", head).ok, true);
});

test("names", () => {
  for (const name of ["a.png", "A.PNG", "v1.2.final.png", "www.example.com.png", "a", "", "../../a.png", ".png"])
    assert.equal(nameRefusal(name), undefined, name);
  for (const name of [
    "a.php",
    "a.svg",
    "a.png.exe",
    "a.php.png",
    "a.html.txt",
    "a.JS.png",
    "x/y.exe",
    "a.php\0.png",
    "a.php. png",
  ])
    assert.equal(typeof nameRefusal(name), "string", name);
});
