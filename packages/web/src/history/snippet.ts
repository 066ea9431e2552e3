/** A task's inputs in one line. Pure. */

const isAddress = (value: unknown): boolean => [value].flat().every((one) => /^https?:\/\//.test(String(one)));

/** The prompt, else the first text of some words, else names and values; files only where there is nothing else. */
export function snippet(parameters: Readonly<Record<string, unknown>>): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== null && String(value).trim() !== "");
  const said = given.filter(([, value]) => !isAddress(value));
  const texts = said.filter(([, value]) => typeof value === "string");
  const text = texts.find(([name]) => name === "prompt") ?? texts.find(([, value]) => /\S\s+\S/.test(String(value)));
  const shownOnes = said.length > 0 ? said : given;
  const words = text ? String(text[1]) : shownOnes.map(([name, value]) => `${name}: ${shown(value)}`).join(", ");
  return words.replace(/\s+/g, " ").trim().slice(0, 160);
}

const shown = (value: unknown): string => {
  if (!isAddress(value)) return typeof value === "string" ? value : JSON.stringify(value);
  return [value]
    .flat()
    .map((url) => String(url).split("/").at(-1))
    .join(", ");
};

const TIME = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });

/** Unix seconds as date and time where the reader is; "0" as a dash. */
export function timeWords(unixSeconds: string): string {
  return Number(unixSeconds) > 0 ? TIME.format(Number(unixSeconds) * 1000) : "–";
}
