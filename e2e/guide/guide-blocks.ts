/** The code blocks of a guide, by the words behind their language. A block that says nothing of what it is fails the test that reads it. */

export type GuideBlock =
  /** `file=path`: a file of the reader's folder. */
  | { kind: "file"; path: string; text: string; line: number }
  /** `run`: commands, one after the other. `text` blocks that follow say what they print; `…` stands for anything. */
  | { kind: "run"; commands: string; prints: string | undefined; line: number }
  /** `page`: a command that stays and prints the address of a page. */
  | { kind: "page"; command: string; line: number }
  /** `part`: lines of a model.yaml. */
  | { kind: "part"; text: string; line: number };

export function readGuide(markdown: string): GuideBlock[] {
  const blocks: GuideBlock[] = [];
  for (const match of markdown.matchAll(/^```([^\n]*)\n([\s\S]*?)^```$/gm)) {
    const [, info = "", text = ""] = match;
    const line = markdown.slice(0, match.index).split("\n").length;
    const [language, what = ""] = info.trim().split(/\s+/);
    const before = blocks.at(-1);
    if (what.startsWith("file=")) blocks.push({ kind: "file", path: what.slice("file=".length), text, line });
    else if (language === "sh" && what === "run") blocks.push({ kind: "run", commands: text, prints: undefined, line });
    else if (language === "sh" && what === "page") blocks.push({ kind: "page", command: text.trim(), line });
    else if (language === "yaml" && what === "part") blocks.push({ kind: "part", text, line });
    else if (language === "text" && before?.kind === "run" && before.prints === undefined) before.prints = text;
    else
      throw new Error(
        `line ${line}: a block of the guide must say file=…, run, page or part, and this one says "${info}"`,
      );
  }
  return blocks;
}

/** What a `text` block says as a pattern: `…` stands for anything within a line. */
export function patternOf(prints: string): RegExp {
  const escaped = prints.trimEnd().replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("…", "[^\\n]*")}\\s*$`);
}
