import "./styles.css";
import { RouterClient } from "@tanstack/react-router/ssr/client";
import { startTransition } from "react";
import { hydrateRoot } from "react-dom/client";
import { lazyModels, openClient } from "./catalogue/lazy-models.ts";
import { createRouter } from "./router.tsx";
import { askEarly } from "./session/account.ts";
import { keptActing } from "./session/acting.ts";
import { firstPageIsOver } from "./ui/hydration.ts";

// A file of an older build is gone after an update of the server: load the page anew instead of failing.
addEventListener("vite:preloadError", () => location.reload());

askEarly(location.pathname, ({ uuid }) => keptActing(uuid) === undefined);

// Not in the task that has read all of the scripts: on a phone that one is long already, and nothing is heard during it.
setTimeout(takeOver);

function takeOver(): void {
  const router = createRouter({
    models: lazyModels(),
    client: openClient,
    base: location.origin,
    assets: { script: "", style: "", font: "", later: [], isRead: true },
  });
  // What the first page came with is no other page's.
  router.subscribe("onBeforeLoad", ({ fromLocation, pathChanged }) => {
    if (fromLocation && pathChanged) firstPageIsOver();
  });
  startTransition(() => {
    hydrateRoot(document, <RouterClient router={router} />);
  });
}
