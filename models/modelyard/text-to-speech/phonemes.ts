/**
 * From text to the sounds that Kokoro knows. eSpeak NG says how words are spoken, in the alphabet of the IPA; Kokoro was trained on
 * the alphabet of the library misaki, which writes a diphthong as one letter and leaves out what English does not need.
 */
import { phonemize } from "phonemizer";

export type Accent = "en-us" | "en-gb";

/** Number of each symbol, as in the tokenizer of Kokoro-82M v1.0; 0 stands at both ends of a text. */
const SYMBOLS: ReadonlyMap<string, number> = new Map(
  [
    [1, ";:,.!?"],
    [9, '—…"()“” \u0303ʣʥʦʨᵝ\uab67A'],
    [25, "I"],
    [31, "O"],
    [33, "Q"],
    [35, "ST"],
    [39, "W"],
    [41, "Yᵊabcdef"],
    [50, "hijklmnopqrstuvwxyzɑɐɒæ"],
    [75, "βɔɕç"],
    [80, "ɖðʤə"],
    [85, "ɚɛɜ"],
    [90, "ɟ"],
    [92, "ɡ"],
    [99, "ɥ"],
    [101, "ɨɪʝ"],
    [110, "ɯɰŋɳɲɴø"],
    [118, "ɸθœ"],
    [123, "ɹ"],
    [125, "ɾɻ"],
    [128, "ʁɽʂʃʈʧ"],
    [135, "ʊʋ"],
    [138, "ʌɣɤ"],
    [142, "χʎ"],
    [147, "ʒʔ"],
    [156, "ˈˌː"],
    [162, "ʰ"],
    [164, "ʲ"],
    [169, "↓"],
    [171, "→↗↘"],
    [177, "ᵻ"],
  ].flatMap(([first, symbols]) =>
    [...(symbols as string)].map((symbol, i): [string, number] => [symbol, (first as number) + i]),
  ),
);

/** What is written otherwise in both accents, in this order. */
const BOTH: readonly [RegExp, string][] = [
  [/\u0361|\^/g, ""],
  [/tʃ/g, "ʧ"],
  [/dʒ/g, "ʤ"],
  [/eɪ/g, "A"],
  [/aɪ/g, "I"],
  [/aʊ/g, "W"],
  [/ɔɪ/g, "Y"],
  [/(\S)\u0329/g, "ᵊ$1"],
  [/əl\b/g, "ᵊl"],
  [/r/g, "ɹ"],
  [/[xç]/g, "k"],
  [/ɐ/g, "ə"],
  [/ɬ/g, "l"],
  [/\u0303/g, ""],
];
const OWN: Record<Accent, readonly [RegExp, string][]> = {
  "en-us": [
    [/oʊ/g, "O"],
    [/ɜːɹ?/g, "ɜɹ"],
    [/ɚ/g, "əɹ"],
    [/ɪə/g, "iə"],
    [/ː/g, ""],
    [/ɾ/g, "T"],
    [/ʔ/g, "t"],
  ],
  "en-gb": [
    [/[əo]ʊ/g, "Q"],
    [/eə/g, "ɛː"],
    [/iə/g, "ɪə"],
    [/ʔ/g, "t"],
  ],
};

/** As eSpeak calls them. Its name "en-gb" does nothing once another accent has been used. */
const VOICE: Record<Accent, string> = { "en-us": "gmw/en-US", "en-gb": "gmw/en" };

/** Punctuation is heard as pauses and melody. eSpeak drops it, so it is kept apart and put back. */
const PUNCTUATION = /\s*([;:,.!?—…"()“”]+)\s*/u;

export async function toPhonemes(text: string, accent: Accent): Promise<string> {
  // A point or colon within a number is no pause.
  const plain = text
    .replace(/[‘’]/g, "'")
    .replace(/[«»„]/g, '"')
    .replace(/ [–-] |--/g, " — ")
    .replace(/\b(Mr|Mrs|Ms|Dr|Prof|St)\.(?=\s)/g, "$1");
  const pieces = plain.split(new RegExp(`(?<!\\d(?=[.,:]\\d))${PUNCTUATION.source}`, "u"));
  const spoken: string[] = [];
  for (const [i, piece] of pieces.entries()) {
    if (i % 2 === 1) spoken.push(`${piece[0]} `);
    else if (/[\p{L}\p{N}]/u.test(piece)) spoken.push((await phonemize(piece, VOICE[accent])).join(" "));
  }
  const rules = [...BOTH, ...OWN[accent]];
  return rules
    .reduce((sounds, [pattern, replacement]) => sounds.replace(pattern, replacement), spoken.join(""))
    .replace(/\s+/g, " ")
    .trim();
}

/** Symbols that Kokoro does not know are left out. */
export function toNumbers(phonemes: string): number[] {
  return [...phonemes].flatMap((symbol) => SYMBOLS.get(symbol) ?? []);
}
