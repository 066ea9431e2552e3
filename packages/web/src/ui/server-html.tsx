/** HTML that the server made (a readme, coloured code) and that is not sent a second time as data for hydration. */
import { useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { isFirstPage } from "./hydration.ts";

/** The server's side: what was put aside while loading, by slot. */
export type Aside = Map<string, string>;

/** What the server put into this slot of the page. */
export function arrivedHtml(slot: string): string {
  return document.querySelector(`[data-slot="${slot}"]`)?.innerHTML ?? "";
}

/** Keeps what the page came with until `html` says something else. In a page that the browser made itself, `html` is all there is. */
export function ServerHtml({ slot, html, className }: { slot: string; html: string; className?: string }) {
  const { aside } = useRouter().options.context;
  const [arrived] = useState(() => {
    if (aside) return aside.get(slot) ?? "";
    return isFirstPage() ? arrivedHtml(slot) : "";
  });
  return (
    <div
      data-slot={slot}
      className={className}
      suppressHydrationWarning
      // biome-ignore lint/security/noDangerouslySetInnerHtml: made by our server: markdown without raw HTML, and escaped tokens
      dangerouslySetInnerHTML={{ __html: html === "" ? arrived : html }}
    />
  );
}
