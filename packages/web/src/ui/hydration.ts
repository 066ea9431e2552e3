/**
 * Whether this page is the one that the server sent: only then does what stands in the document belong to it. React takes a page over
 * part by part, the largest last, so that "the document is alive" says nothing about the parts.
 */
let over = false;

export function isFirstPage(): boolean {
  return !over;
}

/** Called before another page is shown. */
export function firstPageIsOver(): void {
  over = true;
}
