export interface Ranked {
  text: string;
  /** Cosine of the angle between two meanings: 1 for the same, about 0 for unrelated ones. */
  similarity: number;
}

/** Compares vectors of length 1 with the query's; the closest first, unless they are to stay as given. */
export function rank(query: number[], texts: string[], vectors: number[][], order?: "as given"): Ranked[] {
  const ranked = vectors.map((vector, i) => {
    const cosine = vector.reduce((sum, value, j) => sum + value * query[j]!, 0);
    return { text: texts[i]!, similarity: Number(cosine.toFixed(4)) };
  });
  return order === "as given" ? ranked : ranked.sort((a, b) => b.similarity - a.similarity);
}
