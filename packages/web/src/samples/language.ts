/** What each of the nine languages can write. One file each in languages/; all of them pure text in, text out. */
import type { Body, Plan } from "./plan.ts";

export interface Language {
  /** Name of the grammar for colouring. */
  grammar: string;
  /** Any text as a literal: nothing in it can end the literal or be read as code. */
  string: (text: string) => string;
  /** Imports, keys and the two functions that the other steps call. */
  prepare: (plan: Plan) => string;
  call: (plan: Plan, call: { path: string; body: Body }) => string;
  upload: (plan: Plan, upload: { file: string; folderId: string }) => string;
  /** Run and listen until the end. */
  follow: (plan: Plan) => string;
  /** A whole file out of what `prepare` said and statements that follow it. */
  whole: (prepared: string, statements: string) => string;
  /** The statements of the whole program: upload what is needed, run, wait, list what was made. */
  program: (plan: Plan) => string;
}

/** Every line of `code` further in. A line ends with a line feed and nothing else: a text may hold other characters that look like one. */
export function indent(code: string, by: string): string {
  return code.replace(/(?<=^|\n)(?=[^\n])/g, by);
}
