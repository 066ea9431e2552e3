import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type DrivenModel, driveModel } from "@modelyard/testing/drive-model";

let listener: DrivenModel;
let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "tune-"));
  listener = await driveModel(new URL(".", import.meta.url));
});
after(async () => {
  await listener[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const RATE = 22_050;
type Key = { pitch: number; start: number; length: number };

/** Plucked strings: each key rings with five overtones and fades. */
async function play(name: string, keys: readonly Key[], seconds: number): Promise<string> {
  const wav = Buffer.alloc(44 + RATE * seconds * 2);
  wav.write("RIFF", 0, "latin1");
  wav.writeUInt32LE(wav.length - 8, 4);
  wav.write("WAVEfmt ", 8, "latin1");
  for (const [at, value] of [
    [16, 16],
    [24, RATE],
    [28, RATE * 2],
    [40, RATE * seconds * 2],
  ] as const)
    wav.writeUInt32LE(value, at);
  for (const [at, value] of [
    [20, 1],
    [22, 1],
    [32, 2],
    [34, 16],
  ] as const)
    wav.writeUInt16LE(value, at);
  wav.write("data", 36, "latin1");
  for (let i = 0; i < RATE * seconds; i++) {
    let value = 0;
    for (const { pitch, start, length } of keys) {
      const t = i / RATE - start;
      if (t < 0 || t > length) continue;
      const envelope = Math.min(1, t * 100) * Math.exp(-2 * t) * Math.min(1, (length - t) * 50);
      for (let overtone = 1; overtone <= 5; overtone++)
        value += (envelope / overtone ** 1.5) * Math.sin(2 * Math.PI * 440 * 2 ** ((pitch - 69) / 12) * overtone * t);
    }
    wav.writeInt16LE(Math.round(Math.max(-1, Math.min(1, value * 0.2)) * 32_767), 44 + i * 2);
  }
  const path = join(folder, name);
  await writeFile(path, wav);
  return path;
}

/** Notes of a MIDI file of format 0: delta times, note on and note off, as the standard has them. */
function readMidi(bytes: Buffer): { pitch: number; start: number; end: number }[] {
  assert.equal(bytes.toString("latin1", 0, 4), "MThd");
  const ticks = bytes.readUInt16BE(12);
  const notes: { pitch: number; start: number; end: number }[] = [];
  let [at, now, tempo] = [22, 0, 500_000];
  while (at < bytes.length) {
    let delta = 0;
    for (let more = true; more; at++) {
      delta = delta * 128 + (bytes[at]! & 127);
      more = bytes[at]! > 127;
    }
    now += (delta * tempo) / ticks / 1e6;
    const kind = bytes[at]!;
    if (kind === 0xff) {
      if (bytes[at + 1] === 0x51) tempo = bytes.readUIntBE(at + 3, 3);
      at += 3 + bytes[at + 2]!;
      continue;
    }
    const pitch = bytes[at + 1]!;
    if (kind === 0x90) notes.push({ pitch, start: now, end: Number.NaN });
    else notes.findLast((note) => note.pitch === pitch)!.end = now;
    at += 3;
  }
  return notes;
}

const tune: Key[] = [60, 64, 67, 72, 67, 62, 62].map((pitch, i) => ({ pitch, start: 0.3 + i * 0.5, length: 0.45 }));

test("hears every note of a tune, its key, its beginning and its end", async () => {
  const { files, error } = await listener.run({ inputAudio: await play("tune.wav", tune, 5), tempo: 90 });
  assert.equal(error, undefined);
  assert.deepEqual(Object.keys(files).sort(), ["notes.json", "notes.mid"]);
  const notes = JSON.parse(await readFile(files["notes.json"]!, "utf8"));
  assert.deepEqual(
    notes.map((note: { name: string }) => note.name),
    ["C4", "E4", "G4", "C5", "G4", "D4", "D4"],
  );
  const heard = readMidi(await readFile(files["notes.mid"]!));
  assert.deepEqual(
    heard.map((note) => note.pitch),
    tune.map((key) => key.pitch),
  );
  for (const [i, { start, length }] of tune.entries()) {
    assert.ok(Math.abs(heard[i]!.start - start) < 0.06, `note ${i} begins at ${heard[i]!.start}, not ${start}`);
    assert.ok(Math.abs(heard[i]!.end - start - length) < 0.2, `note ${i} ends at ${heard[i]!.end}`);
  }
});

test("hears three keys at a time, and leaves out keys out of range", async () => {
  const chord = await play(
    "chord.wav",
    [57, 64, 73].map((pitch) => ({ pitch, start: 0.5, length: 1.5 })),
    3,
  );
  const notes = async (inputs: Record<string, unknown>): Promise<{ pitch: number; strength: number }[]> => {
    const { files } = await listener.run({ inputAudio: chord, ...inputs });
    return JSON.parse(await readFile(files["notes.json"]!, "utf8"));
  };
  const all = await notes({});
  // An octave above the lowest may be heard too, more weakly: its overtones fall together.
  const strongest = all.toSorted((a, b) => b.strength - a.strength).slice(0, 3);
  assert.deepEqual(strongest.map(({ pitch }) => pitch).sort(), [57, 64, 73], JSON.stringify(all));
  assert.ok(all.length < 5, JSON.stringify(all));
  assert.deepEqual(
    (await notes({ lowest: 60, highest: 68 })).map(({ pitch }) => pitch),
    [64],
  );
});

test("keeps the time over many windows", async () => {
  const keys = Array.from({ length: 20 }, (_, i) => ({ pitch: 60 + ((i * 5) % 13), start: 0.5 + i, length: 0.8 }));
  const { files } = await listener.run({ inputAudio: await play("long.wav", keys, 21) });
  const heard = readMidi(await readFile(files["notes.mid"]!));
  assert.equal(heard.length, keys.length);
  for (const [i, { start }] of keys.entries()) assert.ok(Math.abs(heard[i]!.start - start) < 0.06, `note ${i}`);
});

test("silence has no notes; text is no recording; cancel and TERM are heard", async () => {
  const silence = await listener.run({ inputAudio: await play("silence.wav", [], 2) });
  assert.equal(await readFile(silence.files["notes.json"]!, "utf8"), "[]\n");
  const text = await listener.run({ inputAudio: fileURLToPath(import.meta.url) });
  assert.match(text.error ?? "", /^The recording could not be read: /);
  const { error } = await listener.run(
    { inputAudio: await play("longer.wav", tune, 60) },
    { onMessage: (message, cancel) => void (message.type === "progress" && message.percentage && cancel()) },
  );
  assert.equal(error, "cancelled");
  assert.ok((await listener.terminate()) < 6000);
});
