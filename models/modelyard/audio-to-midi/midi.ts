/** Standard MIDI file, format 0: one track of notes. */
import type { Note } from "./notes.ts";

/** Parts of a beat that times are rounded to. */
const TICKS = 480;

/** `tempo` in beats a minute tells programs where the bars are; the notes sound at their own times with any. */
export function midiFile(notes: readonly Note[], tempo: number): Buffer {
  const tick = (seconds: number) => Math.max(0, Math.round((seconds * tempo * TICKS) / 60));
  const events = notes.flatMap(({ start, end, pitch, strength }) => {
    const velocity = Math.min(127, Math.max(1, Math.round(strength * 127)));
    return [
      { at: tick(start), order: 1, bytes: [0x90, pitch, velocity] },
      { at: Math.max(tick(end), tick(start) + 1), order: 0, bytes: [0x80, pitch, 0] },
    ];
  });
  // Of two events at a time the end comes first: a key that is struck again must have been let go.
  events.sort((a, b) => a.at - b.at || a.order - b.order);
  const microseconds = Math.round(60_000_000 / tempo);
  const track = [0, 0xff, 0x51, 3, (microseconds >> 16) & 255, (microseconds >> 8) & 255, microseconds & 255];
  let now = 0;
  for (const { at, bytes } of events) {
    track.push(...variableLength(at - now), ...bytes);
    now = at;
  }
  track.push(0, 0xff, 0x2f, 0);
  const header = Buffer.from("MThd\0\0\0\x06\0\0\0\x01", "latin1");
  const division = Buffer.from([TICKS >> 8, TICKS & 255]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(track.length);
  return Buffer.concat([header, division, Buffer.from("MTrk"), length, Buffer.from(track)]);
}

/** Seven bits a byte, the highest first; all but the last have the top bit set. */
function variableLength(value: number): number[] {
  const bytes = [value & 127];
  for (let rest = value >> 7; rest > 0; rest >>= 7) bytes.unshift((rest & 127) | 128);
  return bytes;
}
