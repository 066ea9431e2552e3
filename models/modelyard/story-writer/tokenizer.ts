/** Starts every text, and in what the model writes marks the end of a story. */
export const BEGIN = 1;
export const END = 2;
/** Tokens 3 to 258 are single bytes, for letters the vocabulary does not have. */
const FIRST_BYTE = 3;

/** The vocabulary of Llama 2. File: the longest token's length, then per token a score (float32), a length (int32) and its bytes. */
export class Tokenizer {
  readonly #tokens: Buffer[] = [];
  readonly #scores: number[] = [];
  /** Token number by its bytes, written as a Latin-1 string. */
  readonly #numbers = new Map<string, number>();

  constructor(file: Buffer) {
    for (let at = 4; at < file.length; ) {
      const length = file.readInt32LE(at + 4);
      const bytes = file.subarray(at + 8, at + 8 + length);
      this.#scores.push(file.readFloatLE(at));
      const number = this.#tokens.push(bytes) - 1;
      if (number >= FIRST_BYTE + 256) this.#numbers.set(bytes.toString("latin1"), number);
      at += 8 + length;
    }
  }

  /** Byte pair encoding: single letters first, then again and again the neighbours whose union scores best become one token. */
  encode(text: string): number[] {
    const tokens: number[] = [];
    for (const letter of ` ${text}`) {
      const bytes = Buffer.from(letter);
      const known = this.#numbers.get(bytes.toString("latin1"));
      if (known === undefined) tokens.push(...[...bytes].map((byte) => FIRST_BYTE + byte));
      else tokens.push(known);
    }
    for (;;) {
      let best = { score: Number.NEGATIVE_INFINITY, at: -1, union: -1 };
      for (let at = 0; at + 1 < tokens.length; at++) {
        const pair = this.bytes(tokens[at]!).toString("latin1") + this.bytes(tokens[at + 1]!).toString("latin1");
        const union = this.#numbers.get(pair);
        if (union !== undefined && this.#scores[union]! > best.score) best = { score: this.#scores[union]!, at, union };
      }
      if (best.at < 0) return [BEGIN, ...tokens];
      tokens.splice(best.at, 2, best.union);
    }
  }

  /** A letter may be spread over several tokens: decode the bytes of successive tokens as one stream. */
  bytes(token: number): Buffer {
    return this.#tokens[token] ?? Buffer.alloc(0);
  }
}
