/** Code as HTML with a class for each token. Shiki with its compiled grammar engine, loaded when the first code is asked for. */
import { createCssVariablesTheme, createHighlighterCore, type HighlighterCore } from "shiki/core";
import { createOnigurumaEngine } from "shiki/engine/oniguruma";

export const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);

/** Shiki's names of token kinds → our classes (styles.css). What is not here keeps the text's own colour. */
const CLASSES: Record<string, string> = {
  keyword: "tk",
  string: "ts",
  "string-expression": "ts",
  function: "tf",
  constant: "tn",
  comment: "tc",
};

let loading: Promise<HighlighterCore> | undefined;

function highlighter(): Promise<HighlighterCore> {
  loading ??= createHighlighterCore({
    themes: [createCssVariablesTheme({ name: "tokens", variablePrefix: "--" })],
    langs: [
      import("shiki/langs/shellscript.mjs"),
      import("shiki/langs/javascript.mjs"),
      import("shiki/langs/csharp.mjs"),
      import("shiki/langs/php.mjs"),
      import("shiki/langs/swift.mjs"),
      import("shiki/langs/dart.mjs"),
      import("shiki/langs/kotlin.mjs"),
      import("shiki/langs/go.mjs"),
      import("shiki/langs/python.mjs"),
      import("shiki/langs/html.mjs"),
      import("shiki/langs/json.mjs"),
    ],
    engine: createOnigurumaEngine(import("shiki/wasm")),
  });
  return loading;
}

/** Characters beyond which code stays plain: colouring a pasted novel would hold everybody else up. */
const LIMIT = 60_000;
/** Pieces kept, newest last: most steps are the same for every model. */
const KEPT = 500;
const made = new Map<string, string>();

export async function highlight(code: string, grammar: string): Promise<string> {
  if (code.length > LIMIT) return escapeHtml(code);
  const key = `${grammar}\n${code}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  const { tokens } = (await highlighter()).codeToTokens(code, { lang: grammar, theme: "tokens" });
  const html = tokens.map((line) => line.map(tokenHtml).join("")).join("\n");
  made.set(key, html);
  if (made.size > KEPT) made.delete(made.keys().next().value ?? "");
  return html;
}

function tokenHtml({ content, color }: { content: string; color?: string }): string {
  const kind = /--token-([a-z-]+)/.exec(color ?? "")?.[1];
  const name = kind === undefined ? undefined : CLASSES[kind];
  const text = escapeHtml(content);
  return name && content.trim() !== "" ? `<span class="${name}">${text}</span>` : text;
}
