/** From what sounds at each moment to notes: when one begins, how long it lasts, which key, and how loud. */
import { type Frame, KEYS, LOWEST_KEY } from "./network.ts";

export interface Note {
  /** Seconds. */
  start: number;
  end: number;
  /** As MIDI counts: 60 is middle C. */
  pitch: number;
  /** 0 to 1. */
  strength: number;
}

export interface Thresholds {
  /** From where on a key is held to be struck. */
  begin: number;
  /** Down to where it is held to sound on. */
  sound: number;
  /** Shorter notes are left out, in seconds. */
  shortest: number;
  lowest: number;
  highest: number;
}

/** Frames for which a note may fade before it has ended: about an eighth of a second. */
const PATIENCE = 11;

/**
 * Notes grow from their strikes, the last ones first, so that a long note ends where the key is struck again. What is left over
 * afterwards, and sounds as strongly as a note, had no strike that was heard (a slow bow, a voice): it grows in both directions.
 */
export function findNotes(frames: readonly Frame[], thresholds: Thresholds): Note[] {
  const { begin, sound, shortest } = thresholds;
  const lowest = Math.max(0, thresholds.lowest - LOWEST_KEY);
  const highest = Math.min(KEYS - 1, thresholds.highest - LOWEST_KEY);
  const left = frames.map((frame) => Float32Array.from(frame.sounds));
  const notes: Note[] = [];
  const timeOf = (at: number) => frames[Math.min(at, frames.length - 1)]!.time;

  /** The frame behind the last one, going on from `from`, in which the key still sounds. */
  const reach = (key: number, from: number, direction: 1 | -1): number => {
    let [last, quiet] = [from, 0];
    for (let at = from; at >= 0 && at < frames.length && quiet < PATIENCE; at += direction) {
      if (left[at]![key]! >= sound) [last, quiet] = [at, 0];
      else quiet += 1;
    }
    return last + direction;
  };
  const take = (key: number, from: number, to: number) => {
    let sum = 0;
    for (let at = from; at < to; at++) {
      sum += frames[at]!.sounds[key]!;
      // The neighbours hear a part of every note.
      left[at]!.fill(0, Math.max(0, key - 1), key + 2);
    }
    if (timeOf(to) - timeOf(from) >= shortest)
      notes.push({ start: timeOf(from), end: timeOf(to), pitch: key + LOWEST_KEY, strength: sum / (to - from) });
  };

  for (let at = frames.length - 1; at >= 0; at--) {
    const strikes = frames[at]!.begins;
    for (let key = lowest; key <= highest; key++) {
      const strike = strikes[key]!;
      if (strike < begin || left[at]![key]! < sound) continue;
      const earlier = frames[at - 1]?.begins[key] ?? 0;
      const later = frames[at + 1]?.begins[key] ?? 0;
      if (strike > earlier && strike >= later) take(key, at, reach(key, at, 1));
    }
  }
  for (let key = lowest; key <= highest; key++) {
    for (;;) {
      const levels = left.map((levelsOfKeys) => levelsOfKeys[key]!);
      const loudest = levels.reduce((best, level, at) => (level > levels[best]! ? at : best), 0);
      // Remains of a neighbour are weaker than a note of their own.
      if (levels.length === 0 || levels[loudest]! < Math.max(sound, begin)) break;
      take(key, reach(key, loudest, -1) + 1, reach(key, loudest, 1));
    }
  }
  return notes.sort((a, b) => a.start - b.start || a.pitch - b.pitch);
}
