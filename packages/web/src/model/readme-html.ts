/**
 * A readme as part of a page: its headings go below the page's own, and a table's empty corner is a cell, not the header of nothing.
 * The HTML is the server's Markdown renderer's, which writes tags in one form only. Pure.
 */
export function readmeForPage(html: string): string {
  return html
    .replace(/<(\/?)h([1-6])>/g, (_, slash: string, level: string) => `<${slash}h${Math.min(6, Number(level) + 2)}>`)
    .replace(/<th( [^>]*)?><\/th>/g, "<td$1></td>");
}
