/** Whether React is still taking over the page that the server sent. Only then does what stands in the document belong to this page. */
let over = false;

export function isHydrating(): boolean {
  return !over;
}

/** Called once the first page has been taken over. */
export function hydrationIsOver(): void {
  over = true;
  // For tests: from here on a click is heard.
  document.documentElement.dataset.ready = "";
}
