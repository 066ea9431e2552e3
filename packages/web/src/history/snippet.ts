/** A task's inputs in one line. Pure. */

/** The longest text of the inputs, which is the prompt where there is one; else names and values. */
export function snippet(parameters: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(parameters).filter(([, value]) => value !== "" && value !== null);
  const texts = entries
    .map(([, value]) => value)
    .filter((value): value is string => typeof value === "string" && !/^https?:\/\//.test(value) && /\s/.test(value));
  const longest = texts.toSorted((a, b) => b.length - a.length)[0];
  const words = longest ?? entries.map(([name, value]) => `${name}: ${shown(value)}`).join(", ");
  return words.replace(/\s+/g, " ").slice(0, 160);
}

const shown = (value: unknown): string => {
  if (typeof value !== "string") return JSON.stringify(value);
  return /^https?:\/\//.test(value) ? (value.split("/").at(-1) ?? value) : value;
};

const TIME = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });

/** Unix seconds as date and time where the reader is; "0" as a dash. */
export function timeWords(unixSeconds: string): string {
  return Number(unixSeconds) > 0 ? TIME.format(Number(unixSeconds) * 1000) : "–";
}
