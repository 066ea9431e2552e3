/** Points and averages in words. Pure. */

/** For 1 to 5 points. */
export const RATING_WORDS = ["bad", "weak", "fair", "good", "great"] as const;

export function summaryWords(of: { averagepoint: string; ratedusercount: string }): string {
  const { averagepoint, ratedusercount } = of;
  if (ratedusercount === "0") return "Nobody has rated this model yet.";
  return `${averagepoint} of 5 points from ${ratedusercount} ${ratedusercount === "1" ? "account" : "accounts"} that ran it.`;
}
