/** Of each place the likeliest letter; the same one in a row is one, and "nothing new" parts two that are alike. */
export function decode(likely: Float32Array, alphabet: readonly string[]): { text: string; score: number } {
  let [text, last, sum, count] = ["", 0, 0, 0];
  for (let start = 0; start < likely.length; start += alphabet.length) {
    const place = likely.subarray(start, start + alphabet.length);
    const best = place.reduce((winner, value, i) => (value > place[winner]! ? i : winner), 0);
    if (best !== 0 && best !== last) {
      text += alphabet[best];
      sum += place[best]!;
      count += 1;
    }
    last = best;
  }
  return { text: text.trim(), score: count > 0 ? sum / count : 0 };
}
