/** Kokoro takes about 500 sounds at a time; longer texts are spoken in stretches of whole sentences. */

/** Letters of a stretch: a letter is about one sound, and a number up to ten. */
const MOST = 300;

export function stretches(text: string): string[] {
  const parts = text
    .split(/\n\s*\n|(?<=[.!?…]["”’)]?)\s+/u)
    .flatMap((sentence) => (sentence.length > MOST ? atWords(sentence) : [sentence]))
    .map((part) => part.replace(/\s+/g, " ").trim())
    .filter((part) => /[\p{L}\p{N}]/u.test(part));
  const joined: string[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (last !== undefined && last.length + part.length < MOST) joined[joined.length - 1] = `${last} ${part}`;
    else joined.push(part);
  }
  return joined;
}

/** Cuts at commas where there are any, else between words, else anywhere. */
function atWords(sentence: string): string[] {
  const parts: string[] = [];
  let rest = sentence;
  while (rest.length > MOST) {
    const head = rest.slice(0, MOST);
    const comma = Math.max(head.lastIndexOf(", "), head.lastIndexOf("; "));
    const space = head.lastIndexOf(" ");
    const at = comma > MOST / 3 ? comma + 1 : space > 0 ? space : MOST;
    parts.push(rest.slice(0, at));
    rest = rest.slice(at);
  }
  return [...parts, rest];
}
