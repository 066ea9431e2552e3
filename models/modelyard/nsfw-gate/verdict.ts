/** How much the picture looks like each kind, 0 to 1; together 1. */
export interface Scores {
  /** A harmless drawing. */
  drawing: number;
  /** A pornographic drawing. */
  hentai: number;
  /** A harmless photograph. */
  neutral: number;
  porn: number;
  /** Lightly dressed, not pornographic. */
  sexy: number;
}

export interface Verdict {
  allowed: boolean;
  /** Sum of the kinds that are refused: compared with the threshold. */
  unsafe: number;
  /** The kind that it looks like most. */
  kind: keyof Scores;
  scores: Scores;
}

/** `strict` refuses `sexy` too. */
export function judge(scores: Scores, threshold: number, strict: boolean): Verdict {
  const unsafe = scores.porn + scores.hentai + (strict ? scores.sexy : 0);
  const kinds = Object.keys(scores) as (keyof Scores)[];
  const kind = kinds.reduce((best, one) => (scores[one] > scores[best] ? one : best));
  const rounded = Object.fromEntries(kinds.map((one) => [one, round(scores[one])])) as unknown as Scores;
  return { allowed: unsafe < threshold, unsafe: round(unsafe), kind, scores: rounded };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
