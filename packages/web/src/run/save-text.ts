/** A text of the page as a file of this computer. */

/** What it reads as with its marks: a heading, a list, a table, code, or words in bold. */
const MARKDOWN = /^(#{1,6} |\s*([-*+]|\d+\.) |```|\|.+\|\s*$)|\*\*\S/m;

/** `md` where the text is written in Markdown, `txt` otherwise. */
export function textKind(text: string): "md" | "txt" {
  return MARKDOWN.test(text) ? "md" : "txt";
}

/** Hands the text to the browser as a download of this name. */
export function saveText(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  URL.revokeObjectURL(url);
}
