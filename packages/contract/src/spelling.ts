/** Words that were meant, where others were written. Pure. */

/** Letters to change, add, leave out, or swap with their neighbour, to make one word of the other. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = isSwap ? (before[j - 2] as number) + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1, swap));
    }
    before = row;
    row = next;
  }
  return row[b.length] as number;
}

/** The word that was meant, where one is close enough to be sure. */
export function meant(word: string, words: Iterable<string>): string | undefined {
  const near = [...words]
    .map((candidate) => ({ candidate, far: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.far - b.far)[0];
  // Another word altogether is no misspelling: every word of one letter would be one of each other.
  const most = Math.min(word.length - 1, Math.max(1, Math.floor(word.length / 3)));
  return near && near.far <= most ? near.candidate : undefined;
}
