import "./styles.css";
import { RouterClient } from "@tanstack/react-router/ssr/client";
import { startTransition } from "react";
import { hydrateRoot } from "react-dom/client";
import { lazyModels, openClient } from "./catalogue/lazy-models.ts";
import { createRouter } from "./router.tsx";
import { askEarly } from "./session/account.ts";
import { keptActing } from "./session/acting.ts";
import { firstPageIsOver } from "./ui/hydration.ts";

const router = createRouter({
  models: lazyModels(),
  client: openClient,
  base: location.origin,
  assets: { script: "", style: "", font: "", later: [], isRead: true },
});

// A file of an older build is gone after an update of the server: load the page anew instead of failing.
addEventListener("vite:preloadError", () => location.reload());

// What the first page came with is no other page's.
router.subscribe("onBeforeLoad", ({ fromLocation, pathChanged }) => {
  if (fromLocation && pathChanged) firstPageIsOver();
});

askEarly(location.pathname, ({ uuid }) => keptActing(uuid) === undefined);

startTransition(() => {
  hydrateRoot(document, <RouterClient router={router} />);
});
