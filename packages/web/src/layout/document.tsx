/** The whole HTML document around every page. The same for everybody: who is signed in is asked for by the browser afterwards. */
import { HeadContent, Scripts } from "@tanstack/react-router";
import { useEffect } from "react";
import { ActingPages } from "../session/acting-pages.tsx";
import { SessionProvider } from "../session/session-provider.tsx";
import { Toasts } from "../ui/toast.tsx";
import { CommandKeys } from "./command-keys.tsx";
import { Footer } from "./footer.tsx";
import { Header } from "./header.tsx";
import { THEME_SCRIPT } from "./theme.ts";

export function Document() {
  // For tests: from here on a click is heard.
  useEffect(() => void (document.documentElement.dataset.ready = ""), []);
  return (
    // The theme script below sets an attribute before React looks.
    <html lang="en" suppressHydrationWarning>
      <head>
        {/* Before any style is applied, so that a chosen theme does not flash. */}
        {/* biome-ignore lint/security/noDangerouslySetInnerHtml: a constant of this app */}
        <script dangerouslySetInnerHTML={{ __html: THEME_SCRIPT }} suppressHydrationWarning data-own="" />
        <HeadContent />
      </head>
      <body className="flex min-h-dvh flex-col">
        <a
          href="#main"
          className="sr-only z-50 rounded-md bg-signal px-4 py-2 font-semibold text-signal-ink focus:not-sr-only focus:fixed focus:top-3 focus:left-3"
        >
          Skip to content
        </a>
        <SessionProvider>
          <Header />
          <main
            id="main"
            tabIndex={-1}
            className="mx-auto w-full max-w-[100rem] grow px-4 pt-6 pb-16 outline-none sm:px-8"
          >
            <ActingPages />
          </main>
          <Footer />
          <CommandKeys />
        </SessionProvider>
        <Toasts />
        <Scripts />
      </body>
    </html>
  );
}
