/** How hard the faults are: `npm test` asks for the short numbers, `npm run test:faults` for the long ones. */
export const LONG = process.env.MODELYARD_FAULTS === "long";

export const choose = (short: number, long: number): number => (LONG ? long : short);

/** A number from 0 to `below` - 1. */
export type Random = (below: number) => number;

/** Repeatable: a failed run names its seed; MODELYARD_SEED=<seed> plays the same choices again. */
export function seeded(t: { diagnostic(message: string): void }): { seed: number; random: Random } {
  const seed = Number(process.env.MODELYARD_SEED) || Date.now() % 2 ** 31;
  t.diagnostic(`seed ${seed}`);
  let state = seed;
  // mulberry32
  const random: Random = (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
  return { seed, random };
}
