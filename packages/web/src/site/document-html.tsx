import type { Document } from "@modelyard/contract";
import { ServerHtml } from "../ui/server-html.tsx";

/** A document's text. Another document is another element: what the server sent belongs to the first one only. */
export function DocumentHtml({ document }: { document: Document }) {
  return <ServerHtml key={document.name} slot="document" html={document.html} className="prose" />;
}
