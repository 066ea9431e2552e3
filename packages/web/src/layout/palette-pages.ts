/** The pages that the palette leads to, each once: those of the header, of the dashboard, of the administration, of the footer. Pure. */
import { FOOTER, NAVIGATION } from "./navigation.ts";
import { ADMIN_PAGES, DASHBOARD_PAGES, EARNINGS } from "./side-pages.ts";

export interface PalettePage {
  to: string;
  label: string;
  /** Where it belongs; found by it too, unless it says nothing. */
  group: string;
}

/** Said of pages that belong to no group. */
export const PAGE = "Page";

/** `manages`: for whom the visitor acts they may see projects and money; `earns`: models earn for them. */
export function palettePages(visitor: { manages: boolean; earns: boolean; isOperator: boolean }): PalettePage[] {
  const dashboard = [...DASHBOARD_PAGES, ...(visitor.earns ? [EARNINGS] : [])].filter(
    ({ forManagers }) => visitor.manages || !forManagers,
  );
  const all = [
    ...NAVIGATION.map(({ to, label }) => ({ to, label, group: PAGE })),
    ...dashboard.map(({ to, label }) => ({ to, label, group: "Dashboard" })),
    ...(visitor.isOperator ? ADMIN_PAGES : []).map(({ to, label }) => ({ to, label, group: "Administration" })),
    ...FOOTER.flatMap(({ title, items }) => items.map(({ href, label }) => ({ to: href, label, group: title }))),
  ];
  const ways = all.map(({ to }) => to);
  return all.filter(({ to }, index) => ways.indexOf(to) === index);
}
