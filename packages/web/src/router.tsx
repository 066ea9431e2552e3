/** The router: one instance a page on the server, one for the whole visit in the browser. */
import type { Client, ModelCalls } from "@modelyard/sdk";
import { createRouter as createTanStackRouter } from "@tanstack/react-router";
import { ErrorPage, NotFoundPage } from "./layout/problem-page.tsx";
import { routeTree } from "./routes.tsx";
import type { SamplesRequest } from "./samples/samples-request.ts";
import type { Aside } from "./ui/server-html.tsx";

/** What loaders may ask, and what only the place where a page is made knows. */
export interface PageContext {
  models: ModelCalls;
  /** What is open to everybody; in the browser the SDK comes with the first call. */
  client: () => Promise<Pick<Client, "ask" | "models">>;
  /** Public base address, e.g. `https://models.example.org`. */
  base: string;
  /** Addresses of the built files. Empty in the browser, where they are in the page already. */
  assets: {
    script: string;
    style: string;
    font: string;
    /** Scripts that the page asks for once its first one runs: named in the page, they come along with it. */
    later: string[];
    /** There is something to read before any script runs. */
    isRead: boolean;
  };
  /** On the server: HTML that goes into the page but not into its data. */
  aside?: Aside;
  /** On the server: what is said of a model, as HTML. */
  comments?: (name: { owner: string; model: string }) => Promise<string>;
  /** On the server: code samples as HTML (model/code-panel.tsx). */
  samples?: (request: SamplesRequest) => Promise<string>;
}

export function createRouter(context: PageContext) {
  return createTanStackRouter({
    routeTree,
    context,
    defaultPreload: "intent",
    defaultPreloadStaleTime: 30_000,
    defaultStaleTime: 30_000,
    scrollRestoration: true,
    defaultErrorComponent: ErrorPage,
    defaultNotFoundComponent: NotFoundPage,
    defaultPendingMs: 300,
    defaultPendingMinMs: 200,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createRouter>;
  }
}
