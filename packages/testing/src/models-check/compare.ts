/** Whether what a model made now is like the sample that it made when it was shipped. Pure, but for reading files. */
import { readFile } from "node:fs/promises";

/** Sizes may differ by this factor: encoders, and networks on other processors, do not give the same bytes everywhere. */
const SIZE_FACTOR = 2;

/** First bytes of a file by its kind; -1 stands for any. */
const KINDS: Record<string, readonly number[]> = {
  png: [0x89, 0x50, 0x4e, 0x47],
  jpg: [0xff, 0xd8, 0xff],
  jpeg: [0xff, 0xd8, 0xff],
  webp: [0x52, 0x49, 0x46, 0x46],
  wav: [0x52, 0x49, 0x46, 0x46],
  gif: [0x47, 0x49, 0x46, 0x38],
  mp4: [-1, -1, -1, -1, 0x66, 0x74, 0x79, 0x70],
  webm: [0x1a, 0x45, 0xdf, 0xa3],
  ogg: [0x4f, 0x67, 0x67, 0x53],
  mid: [0x4d, 0x54, 0x68, 0x64],
};
const TEXTS = new Set(["txt", "srt", "vtt", "json"]);

export function extensionOf(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1).toLowerCase();
}

/** Share of words that two texts have in common, 0 to 1; numbers count rounded to one place. */
export function likeness(a: string, b: string): number {
  const words = (text: string) =>
    (text.toLowerCase().match(/[\p{L}]+|-?\d+(\.\d+)?/gu) ?? []).map((word) =>
      /\d/.test(word) ? Number(word).toFixed(1) : word,
    );
  const [first, second] = [words(a), words(b)];
  if (first.length === 0 && second.length === 0) return 1;
  const left = new Map<string, number>();
  for (const word of first) left.set(word, (left.get(word) ?? 0) + 1);
  let shared = 0;
  for (const word of second) {
    const count = left.get(word) ?? 0;
    if (count > 0) {
      shared += 1;
      left.set(word, count - 1);
    }
  }
  return (2 * shared) / (first.length + second.length);
}

/** What is wrong with a result beside its sample; undefined where nothing is. `least`: part of a text's words that have to be the sample's. */
export async function difference(sample: string, made: Buffer, least: number): Promise<string | undefined> {
  const shipped = await readFile(sample);
  const extension = extensionOf(sample);
  if (made.length === 0) return "it is empty";
  if (TEXTS.has(extension)) {
    const alike = likeness(shipped.toString(), made.toString());
    return alike >= least ? undefined : `${Math.round(alike * 100)} % of the words are those of the sample`;
  }
  const kind = KINDS[extension];
  if (kind && !kind.every((byte, i) => byte === -1 || made[i] === byte)) return `it is no ${extension}`;
  const factor = made.length / shipped.length;
  if (factor > SIZE_FACTOR || factor < 1 / SIZE_FACTOR) return `${made.length} bytes, the sample has ${shipped.length}`;
  return undefined;
}
