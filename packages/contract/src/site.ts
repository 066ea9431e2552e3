/**
 * What the server and the thread that renders its pages say to each other. Types only: both sides are ours and start together.
 * The thread knows no database: what a page shows it asks of the API, through the server (`call`).
 */

/** One page, text or fragment that somebody asked for. */
export interface SiteRequest {
  /** Path with its query, e.g. `/models?q=speech`. */
  url: string;
  /** Public base address without a slash at the end. */
  base: string;
  /** The client would rather have Markdown than HTML. */
  markdown: boolean;
  /** A POST's fields; absent for GET. */
  body?: Record<string, unknown>;
}

export interface SiteAnswer {
  status: number;
  contentType: string;
  body: string;
  /** `sha256-…` of the inline scripts that are the page's own. */
  scripts: string[];
  /** Where to go instead; for 301 and 303. */
  location?: string;
}

export type ToSite =
  | { kind: "ask"; id: number; request: SiteRequest }
  /** Answer to a `call`. */
  | { kind: "reply"; id: number; status: number; text: string };

export type FromSite =
  | { kind: "answer"; id: number; answer: SiteAnswer }
  | { kind: "failed"; id: number; reason: string }
  | { kind: "call"; id: number; base: string; path: string; body: string };
