/** Literals that several languages share: escapes of a double-quoted string, and values nested in lists and maps. Pure. */
import type { Body, BodyValue, FileSlot, Scalar } from "./plan.ts";

/** Characters that no source file should have as they are: controls, and those that editors or compilers treat as line ends or marks. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

export interface Escapes {
  /** Beyond the quote and the backslash: what would begin something inside the literal, such as `$`. */
  also?: string;
  /** An unprintable character by its code. */
  code: (hex: string) => string;
}

const NAMED: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** A double-quoted literal. Halves of surrogate pairs, which no UTF-8 source can carry, become U+FFFD as they do in requests. */
export function quoted(text: string, { also = "", code }: Escapes): string {
  const special = new RegExp(`["\\\\${also}]`, "g");
  const body = text
    .toWellFormed()
    .replace(special, "\\$&")
    // Beyond the basic plane the languages' escapes differ, and nothing there ends a line: those stay as they are.
    .replace(UNPRINTABLE, (letter) =>
      letter.length > 1 ? letter : (NAMED[letter] ?? code(letter.charCodeAt(0).toString(16).padStart(4, "0"))),
    );
  return `"${body}"`;
}

export interface MapSyntax {
  string: (text: string) => string;
  true: string;
  false: string;
  open: string;
  close: string;
  /** Between a key and its value. */
  pair: string;
  list: [string, string];
  /** Variable that holds the address of an uploaded file. */
  file: (slot: number) => string;
  /** Whether a comma may or must follow the last entry. */
  trailingComma?: boolean;
}

/** A body as a map of the language, one entry a line. */
export function mapLiteral(body: Body, syntax: MapSyntax): string {
  const one = (value: Scalar | FileSlot): string => {
    if (typeof value === "object") return syntax.file(value.slot);
    if (typeof value === "string") return syntax.string(value);
    return typeof value === "boolean" ? syntax[value ? "true" : "false"] : String(value);
  };
  const any = (value: BodyValue): string =>
    Array.isArray(value) ? syntax.list[0] + value.map(one).join(", ") + syntax.list[1] : one(value);
  const entries = Object.entries(body).map(([id, value]) => `    ${syntax.string(id)}${syntax.pair}${any(value)}`);
  if (entries.length === 0) return syntax.open + syntax.close;
  return `${syntax.open}\n${entries.join(",\n")}${syntax.trailingComma ? "," : ""}\n${syntax.close}`;
}

/** JSON in parts, for languages that keep it as text: what is written as it is, and where a variable goes (inside quotes). */
export type JsonPart = { text: string } | { slot: number };

export function jsonParts(body: Body): JsonPart[] {
  const parts: JsonPart[] = [];
  const add = (text: string) => {
    const last = parts.at(-1);
    if (last && "text" in last) last.text += text;
    else parts.push({ text });
  };
  const one = (value: Scalar | FileSlot) => {
    if (typeof value !== "object") return add(JSON.stringify(typeof value === "string" ? value.toWellFormed() : value));
    add('"');
    parts.push({ slot: value.slot });
    add('"');
  };
  add("{");
  for (const [index, [id, value]] of Object.entries(body).entries()) {
    add(`${index === 0 ? "" : ","}\n  ${JSON.stringify(id)}: `);
    if (!Array.isArray(value)) one(value);
    else {
      add("[");
      for (const [at, entry] of value.entries()) {
        if (at > 0) add(", ");
        one(entry);
      }
      add("]");
    }
  }
  add(Object.keys(body).length === 0 ? "}" : "\n}");
  return parts;
}
