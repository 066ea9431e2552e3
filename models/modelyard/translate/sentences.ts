/** A text in pieces that are translated one by one, and what stands between them. */
export interface Piece {
  text: string;
  /** White space behind it. */
  behind: string;
}

/** Letters in a piece at most: the network reads 1024 tokens, and in some languages a letter is one or two. */
const MOST = 400;

/**
 * Sentences, by the rules of `language`: the network was trained on single ones, and leaves out parts of long texts. Line breaks end one, and what
 * is longer than `most` is parted between words, or anywhere where there are none.
 */
export function sentences(text: string, language: string, most = MOST): Piece[] {
  const segmenter = new Intl.Segmenter(language, { granularity: "sentence" });
  const lines = text.split(/(?<=\n)/);
  const found: Piece[] = [];
  for (const piece of lines
    .flatMap((line) => Array.from(segmenter.segment(line), ({ segment }) => segment))
    .flatMap((sentence) => parted(sentence, most))) {
    const content = piece.trimEnd();
    const last = found.at(-1);
    if (content === "" && last) last.behind += piece;
    else found.push({ text: content.trimStart(), behind: piece.slice(content.length) });
  }
  return found;
}

function parted(sentence: string, most: number): string[] {
  const pieces: string[] = [];
  let rest = sentence;
  while (rest.trimEnd().length > most) {
    const space = rest.slice(0, most).search(/\s\S*$/);
    const end = space > 0 ? space + 1 : most;
    pieces.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
  return [...pieces, rest];
}

/** Puts translated pieces together. Languages without spaces between sentences get none; others get one where the original had none. */
export function joined(pieces: readonly Piece[], language: string): string {
  const space = ["zh", "ja"].includes(language) ? "" : " ";
  return pieces
    .map(({ text, behind }, i) => (behind.includes("\n") || i === pieces.length - 1 ? text + behind : text + space))
    .join("");
}
