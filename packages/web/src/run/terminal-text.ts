/**
 * What a program printed for a terminal, as text with looks: colours are kept, codes that move the cursor are obeyed within the text, and
 * everything else that a terminal would swallow is gone. Codes as in ECMA-48 and xterm's "Control Sequences". Pure.
 */
import Anser from "anser";

export interface Piece {
  text: string;
  /** Class names; "" for plain text. */
  look: string;
}

/** Columns to which a cursor can be moved; a terminal is narrower. */
const MOST_COLUMNS = 1_000;

/** As they stand in an expression. */
const ESC = "\\x1b";
const BEL = "\\x07";
/** Control characters other than tab, line feed, carriage return, backspace and escape. */
const CONTROL = "\\x00-\\x07\\x0b\\x0c\\x0e-\\x1a\\x1c-\\x1f\\x7f";
/** Strings for the terminal itself (titles, links), character sets, private modes and single codes. Their ends may be missing. */
const SWALLOWED = new RegExp(
  `${ESC}[\\]PX^_][^${BEL}${ESC}]*(?:${BEL}|${ESC}\\\\)?|${ESC}[ #%()*+][^${ESC}]?|${ESC}\\[[<=>?][0-9;]*[@-~]?|${ESC}(?!\\[)[^${ESC}]?`,
  "g",
);
/** A control sequence that is whole: parameters, and what is done. */
const SEQUENCE = new RegExp(`${ESC}\\[([0-9;:]*)[ -/]*([@-~])`, "g");
/** One that says nothing of how text looks, one that is cut off, and control characters. */
const OTHERS = new RegExp(`${ESC}\\[[0-9;:]*[ -/]*(?:[@-ln-~]|$)|[${CONTROL}\\x08\\r]`, "g");
/** Where nothing overwrites anything, the text stays as it is. */
const OVERWRITES = new RegExp(`\\r(?!\\n)|\\x08|${ESC}\\[[0-9;:]*[A-HJKXPf]`);
const ANY = new RegExp(`[${CONTROL}\\x08\\r${ESC}]`);

type Row = { letters: string[]; codes: string[] };

/** Obeys the codes that move and erase; what is left are line ends and codes for looks. */
function settled(text: string): string {
  const rows: Row[] = [{ letters: [], codes: [] }];
  let [y, x, code] = [0, 0, ""];
  const row = () => {
    while (rows.length <= y) rows.push({ letters: [], codes: [] });
    return rows[y] as Row;
  };
  const erase = (from: number, to: number) => {
    const { letters, codes } = row();
    if (to >= letters.length) {
      letters.length = Math.min(letters.length, from);
      codes.length = letters.length;
    } else {
      letters.fill(" ", from, to);
      codes.fill("", from, to);
    }
  };
  const write = (letter: string) => {
    const { letters, codes } = row();
    while (letters.length < x) {
      letters.push(" ");
      codes.push("");
    }
    letters[x] = letter;
    codes[x] = code;
    x++;
  };
  const move = (to: string, parameters: string) => {
    const [first, second] = parameters.split(";").map(Number);
    const count = Math.max(1, first || 1);
    const column = (one: number | undefined) => Math.min(MOST_COLUMNS, Math.max(0, (one || 1) - 1));
    if (to === "m") code = first === 0 || parameters === "" ? "" : `${code}\x1b[${parameters}m`;
    else if (to === "A" || to === "F") y = Math.max(0, y - count);
    else if (to === "B" || to === "E") y = Math.min(rows.length - 1, y + count);
    else if (to === "C") x = Math.min(MOST_COLUMNS, x + count);
    else if (to === "D") x = Math.max(0, x - count);
    else if (to === "G") x = column(first);
    else if (to === "H" || to === "f") [y, x] = [Math.min(rows.length - 1, column(first)), column(second)];
    else if (to === "X" || to === "P") erase(x, x + count);
    else if (to === "K") erase(first === 1 || first === 2 ? 0 : x, first === 1 ? x + 1 : Number.POSITIVE_INFINITY);
    else if (to === "J") {
      if (first === 2 || first === 3) {
        for (const index of rows.keys()) rows[index] = { letters: [], codes: [] };
      } else {
        erase(x, Number.POSITIVE_INFINITY);
        rows.length = y + 1;
      }
    }
    if (to === "E" || to === "F") x = 0;
  };
  let at = 0;
  const print = (plain: string) => {
    for (const letter of plain) {
      if (letter === "\n") [y, x] = [y + 1, 0];
      else if (letter === "\r") x = 0;
      else if (letter === "\b") x = Math.max(0, x - 1);
      else write(letter);
      row();
    }
  };
  for (const match of text.matchAll(SEQUENCE)) {
    print(text.slice(at, match.index));
    move(match[2] ?? "", match[1] ?? "");
    at = match.index + match[0].length;
  }
  print(text.slice(at));
  return rows.map(rowText).join("\n");
}

function rowText({ letters, codes }: Row): string {
  let text = "";
  let before = "";
  for (const [index, letter] of letters.entries()) {
    const code = codes[index] ?? "";
    if (code !== before) text += `\x1b[0m${code}`;
    before = code;
    text += letter;
  }
  return before === "" ? text : `${text}\x1b[0m`;
}

/** The colours of this app that come nearest: each is readable on the ground of a log, in both themes. */
const COLOURS: Record<string, string> = {
  "ansi-red": "text-bad",
  "ansi-green": "ts",
  "ansi-yellow": "tn",
  "ansi-blue": "tf",
  "ansi-magenta": "tk",
  "ansi-cyan": "tf",
  "ansi-bright-black": "text-soft",
};
const DECORATIONS: Record<string, string> = {
  bold: "font-semibold",
  dim: "text-soft",
  italic: "italic",
  underline: "underline",
  strikethrough: "line-through",
};

/** Red, green and blue, 0 to 255, as one of the few colours. */
function nearest(red: number, green: number, blue: number): string {
  const most = Math.max(red, green, blue);
  const least = Math.min(red, green, blue);
  if (most - least < 60) return most < 190 && most > 60 ? "text-soft" : "";
  if (most === red) return green > (red + blue) / 2 ? "tn" : blue > (red + green) / 2 ? "tk" : "text-bad";
  if (most === green) return "ts";
  return red > (green + blue) / 2 ? "tk" : "tf";
}

/** xterm's table of 256 colours: 16 named ones, a cube of 6 × 6 × 6, and 24 greys. */
function paletteColour(index: number): string {
  const names = ["", "red", "green", "yellow", "blue", "magenta", "cyan", ""];
  if (index < 16) return index === 8 ? "text-soft" : (COLOURS[`ansi-${names[index % 8]}`] ?? "");
  if (index >= 232) return nearest(index * 10 - 2312, index * 10 - 2312, index * 10 - 2312);
  const level = (part: number) => (part === 0 ? 0 : part * 40 + 55);
  const cube = index - 16;
  return nearest(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6));
}

function colourOf({ fg, fg_truecolor: exact }: { fg: string | null; fg_truecolor: string | null }): string {
  if (!fg) return "";
  const palette = /^ansi-palette-(\d+)$/.exec(fg);
  if (palette) return paletteColour(Number(palette[1]));
  if (fg === "ansi-truecolor") {
    const [red = 0, green = 0, blue = 0] = (exact ?? "").split(",").map(Number);
    return nearest(red, green, blue);
  }
  return COLOURS[fg] ?? COLOURS[fg.replace("bright-", "")] ?? "";
}

export function terminalPieces(raw: string): Piece[] {
  if (!ANY.test(raw)) return raw === "" ? [] : [{ text: raw, look: "" }];
  const own = raw.replaceAll("\r\n", "\n").replace(SWALLOWED, "");
  const text = (OVERWRITES.test(own) ? settled(own) : own).replace(OTHERS, "");
  const pieces: Piece[] = [];
  for (const entry of Anser.ansiToJson(text, { use_classes: true, remove_empty: true, json: true })) {
    const clean = entry.content;
    if (entry.decorations.includes("hidden")) continue;
    const marks = entry.decorations.map((name) => DECORATIONS[name] ?? "");
    // Colours before dimness: a text has one colour.
    const colour = colourOf(entry);
    const look = [colour, ...marks.filter((mark) => mark !== "text-soft" || colour === "")].filter(Boolean).join(" ");
    const last = pieces.at(-1);
    if (last?.look === look) last.text += clean;
    else pieces.push({ text: clean, look });
  }
  return pieces;
}

export function plainText(raw: string): string {
  return terminalPieces(raw)
    .map(({ text }) => text)
    .join("");
}
