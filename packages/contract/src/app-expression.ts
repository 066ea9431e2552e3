/**
 * What a step of an app may be given: text with `${…}` in it. A text that is one `${…}` and nothing else is that value itself
 * (files, a number, a yes or no); anything else is text with the values written into it.
 *
 *   ${inputs.photo}                              an input of the app
 *   ${steps.cut.files}  ${steps.cut.files[0]}    files that a step made, all of them or one
 *   ${steps.read.text}                           the text that a step answered
 *   ${steps.cut.each.files[0]}                   in a step with the same `each` as cut: what cut made of the same file
 *   ${each}  ${number}                           in a step with `each`: the file it is run for, and which one that is (1, 2 …)
 *   ${steps.a.files ?? inputs.photo}             the first of these that is there
 */

export type Reference =
  | { kind: "input"; id: string }
  /** `own`: only of the step's run for the same file. */
  | { kind: "files"; step: string; own: boolean; index: number | undefined }
  | { kind: "text"; step: string; own: boolean }
  | { kind: "each" }
  | { kind: "number" };

/** Alternatives in order; the first one that has a value is taken. */
export type Expression = readonly Reference[];

/** The parts of a text: plain text, and what is put in between. */
export type Template = readonly (string | Expression)[];

const INPUT = /^inputs\.([A-Za-z][A-Za-z0-9_-]{0,63})$/;
const FILES = /^steps\.([a-z][a-z0-9_]{0,31})(\.each)?\.files(?:\[(\d{1,3})\])?$/;
const TEXT = /^steps\.([a-z][a-z0-9_]{0,31})(\.each)?\.text$/;

function readReference(text: string): Reference | undefined {
  if (text === "each" || text === "number") return { kind: text };
  const input = INPUT.exec(text)?.[1];
  if (input !== undefined) return { kind: "input", id: input };
  const [, source, each, index] = FILES.exec(text) ?? [];
  if (source !== undefined)
    return {
      kind: "files",
      step: source,
      own: each !== undefined,
      index: index === undefined ? undefined : Number(index),
    };
  const [, step, own] = TEXT.exec(text) ?? [];
  return step === undefined ? undefined : { kind: "text", step, own: own !== undefined };
}

/** Reads a text of a step; a message where something in it cannot be read. */
export function readTemplate(text: string): { ok: true; template: Template } | { ok: false; problem: string } {
  const parts: (string | Expression)[] = [];
  let rest = text;
  for (;;) {
    const begin = rest.indexOf("${");
    if (begin === -1) {
      if (rest !== "") parts.push(rest);
      return { ok: true, template: parts };
    }
    if (begin > 0) parts.push(rest.slice(0, begin));
    const end = rest.indexOf("}", begin);
    if (end === -1) return { ok: false, problem: `"\${" without "}" in ${JSON.stringify(text)}` };
    const references: Reference[] = [];
    for (const alternative of rest.slice(begin + 2, end).split("??")) {
      const reference = readReference(alternative.trim());
      if (!reference) {
        const known = "inputs.ID, steps.ID.files, steps.ID.files[0], steps.ID.text, each or number";
        return { ok: false, problem: `${JSON.stringify(alternative.trim())} is none of ${known}` };
      }
      references.push(reference);
    }
    parts.push(references);
    rest = rest.slice(end + 1);
  }
}

const known = new Map<string, Template>();

/** As `readTemplate`, for text that has been checked; what was read is kept. */
export function templateOf(text: string): Template {
  let template = known.get(text);
  if (!template) {
    const read = readTemplate(text);
    if (!read.ok) throw new TypeError(read.problem);
    known.set(text, (template = read.template));
  }
  return template;
}

/** All that a template refers to. */
export function referencesIn(template: Template): Reference[] {
  return template.flatMap((part) => (typeof part === "string" ? [] : part));
}

/** The one expression that a text is, undefined where it is text. */
export function wholeExpression(template: Template): Expression | undefined {
  const [only] = template;
  return template.length === 1 && typeof only !== "string" ? only : undefined;
}
