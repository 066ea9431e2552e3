/** Normally distributed numbers that a seed decides: the same seed, the same picture, on every machine. */

/** Largest seed. */
export const MOST_SEED = 2 ** 32 - 1;

export interface Noise {
  /** The next `count` numbers, with mean 0 and variance 1. */
  next(count: number): Float32Array;
}

/**
 * `seed`: a whole number from 0 to `MOST_SEED`. Uniform numbers come from xoshiro128** (Blackman and Vigna, 2018), started with splitmix32, and
 * are made normal in pairs (Box and Muller, 1958). Other programs make other noise of the same seed.
 */
export function createNoise(seed: number): Noise {
  const random = uniform(seed);
  return {
    next(count) {
      const numbers = new Float32Array(count);
      for (let i = 0; i < count; i += 2) {
        // 1 - x is never 0, whose logarithm there is not.
        const radius = Math.sqrt(-2 * Math.log(1 - random()));
        const angle = 2 * Math.PI * random();
        numbers[i] = radius * Math.cos(angle);
        if (i + 1 < count) numbers[i + 1] = radius * Math.sin(angle);
      }
      return numbers;
    },
  };
}

/** From 0 up to, not including, 1. */
function uniform(seed: number): () => number {
  let mixed = seed;
  const start = () => {
    mixed = (mixed + 0x9e3779b9) | 0;
    let word = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
    return word ^ (word >>> 15);
  };
  let [a, b, c, d] = [start(), start(), start(), start()];
  const turn = (word: number, by: number) => (word << by) | (word >>> (32 - by));
  return () => {
    const result = Math.imul(turn(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = turn(d, 11);
    return result / 2 ** 32;
  };
}
