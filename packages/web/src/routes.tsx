/** All pages, and what each loads. Search parameters are the state of a page that can be linked to. */
import { createRootRouteWithContext, createRoute, lazyRouteComponent, notFound } from "@tanstack/react-router";
import { readListingSearch } from "./catalogue/listing-search.ts";
import { readHistorySearch } from "./history/history-search.ts";
import { Document } from "./layout/document.tsx";
import { startScripts } from "./layout/start-script.ts";
import { modelHead } from "./model/model-head.ts";
import { readModelSearch } from "./model/model-search.ts";
import type { PageContext } from "./router.tsx";
import { samplesRequest } from "./samples/samples-request.ts";

const DESCRIPTION = "Run AI models from the browser or through one API, and see what a run costs before it starts.";

export const rootRoute = createRootRouteWithContext<PageContext>()({
  head: ({ match }) => {
    const { assets } = match.context;
    return {
      meta: [
        { charSet: "utf-8" },
        { name: "viewport", content: "width=device-width, initial-scale=1" },
        { title: "Modelyard" },
        { name: "description", content: DESCRIPTION },
      ],
      links: [
        ...(assets.font
          ? [{ rel: "preload", href: assets.font, as: "font", type: "font/woff2", crossOrigin: "anonymous" as const }]
          : []),
        ...(assets.style ? [{ rel: "stylesheet", href: assets.style }] : []),
        { rel: "icon", href: "/favicon.svg", type: "image/svg+xml" },
        ...(assets.isRead ? [] : assets.later.map((href) => ({ rel: "modulepreload", href }))),
      ],
      scripts: startScripts(assets),
    };
  },
  component: Document,
});

const catalogueLoad = () => import("./catalogue/load.ts");

const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  loader: async ({ context }) => (await catalogueLoad()).loadHome(context.models),
  head: () => ({ meta: [{ title: "Modelyard: AI models to try and to build on" }] }),
  component: lazyRouteComponent(() => import("./catalogue/home-page.tsx"), "HomePage"),
});

const listingPages = () => import("./catalogue/listing-page.tsx");

const modelsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/models",
  validateSearch: readListingSearch,
  loaderDeps: ({ search }) => search,
  loader: async ({ context, deps }) => (await catalogueLoad()).loadListing(context.models, deps),
  head: ({ match }) => ({
    meta: [{ title: match.search.category ? `${match.search.category} models · Modelyard` : "Models · Modelyard" }],
  }),
  component: lazyRouteComponent(listingPages, "ModelsPage"),
});

const appsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/apps",
  validateSearch: readListingSearch,
  loaderDeps: ({ search }) => ({ ...search, category: "app" }),
  loader: async ({ context, deps }) => (await catalogueLoad()).loadListing(context.models, deps),
  head: () => ({ meta: [{ title: "Apps · Modelyard" }] }),
  component: lazyRouteComponent(listingPages, "AppsPage"),
});

const modelRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/models/$owner/$model",
  validateSearch: readModelSearch,
  // Only what changes the rendered page; typing into the form changes the address without loading anything.
  loaderDeps: () => ({}),
  loader: async ({ context, params, location }) => {
    const found = await (await catalogueLoad()).loadModel(context.models, params);
    if (!found) throw notFound();
    if (!context.aside) return found;
    const search = readModelSearch(location.search);
    context.aside.set("readme", found.model.readme);
    context.aside.set("comments", (await context.comments?.(params)) ?? "");
    context.aside.set("samples", (await context.samples?.(samplesRequest(found.model, search))) ?? "");
    return { ...found, model: { ...found.model, readme: "" } };
  },
  head: ({ loaderData, match }) => (loaderData ? modelHead(loaderData.model, match.context.base) : {}),
  component: lazyRouteComponent(() => import("./model/model-page.tsx"), "ModelPage"),
});

/** Pages of an account are loaded when they are opened, and are the same HTML for everybody: nothing for a search engine. */
const PRIVATE = { name: "robots", content: "noindex" };

const runsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/runs",
  validateSearch: readHistorySearch,
  head: () => ({ meta: [{ title: "Runs · Modelyard" }, PRIVATE] }),
  // Lazy components stand here themselves: only then does the router wait for them on the server.
  component: lazyRouteComponent(() => import("./history/history-page.tsx"), "HistoryPage"),
});

const runRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/runs/$id",
  loader: ({ params }) => {
    if (!/^[1-9]\d{0,14}$/.test(params.id)) throw notFound();
  },
  head: ({ params }) => ({ meta: [{ title: `Run ${params.id} · Modelyard` }, PRIVATE] }),
  component: lazyRouteComponent(() => import("./history/run-page.tsx"), "RunPage"),
});

/** A page of an account without parameters in its path. What stands in its search it reads itself. */
const accountPage = <const Path extends string>(
  path: Path,
  title: string,
  component: ReturnType<typeof lazyRouteComponent>,
) =>
  createRoute({
    getParentRoute: () => rootRoute,
    path,
    head: () => ({ meta: [{ title: `${title} · Modelyard` }, PRIVATE] }),
    component,
  });

/** The pages for everybody beside the catalogue: what they load is loaded with them. */
const site = () => import("./site/pages.ts");
const siteLoad = () => import("./site/load.ts");
const titled = (title: string | undefined) => ({ meta: [{ title: `${title ?? "Not found"} · Modelyard` }] });
/** What `/docs` shows. */
const FIRST_DOCUMENT = "guide/introduction";

const pricingRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/pricing",
  loader: async ({ context }) => (await siteLoad()).loadPrices(context),
  head: () => titled("Pricing"),
  component: lazyRouteComponent(site, "PricingPage"),
});

const statusRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/status",
  loader: async ({ context }) => (await siteLoad()).loadStatus(context),
  head: () => titled("Status"),
  component: lazyRouteComponent(site, "StatusPage"),
});

const docsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/docs/$",
  loader: async ({ context, params }) =>
    (await siteLoad()).loadDocument(context, "docs", params._splat || FIRST_DOCUMENT),
  head: ({ loaderData }) => titled(loaderData?.document.title),
  component: lazyRouteComponent(site, "DocsPage"),
});

const blogRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/blog",
  loader: async ({ context }) => (await siteLoad()).loadPosts(context),
  head: () => titled("Blog"),
  component: lazyRouteComponent(site, "BlogPage"),
});

const postRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/blog/$name",
  loader: async ({ context, params }) => (await siteLoad()).loadDocument(context, "blog", params.name),
  head: ({ loaderData }) => titled(loaderData?.document.title),
  component: lazyRouteComponent(site, "PostPage"),
});

const sharedRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/shared/$token",
  loader: async ({ context, params }) => {
    const run = await (await siteLoad()).loadSharedRun(context, params.token);
    const { sharedHead } = await import("./share/shared-head.ts");
    return { ...run, head: sharedHead(run) };
  },
  head: ({ loaderData }) => loaderData?.head ?? titled(undefined),
  component: lazyRouteComponent(() => import("./share/shared-page.tsx"), "SharedPage"),
});

/** Any other name of one part may be a page that the operator has written. */
const textRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$page",
  loader: async ({ context, params }) => (await siteLoad()).loadDocument(context, "pages", params.page),
  head: ({ loaderData }) => titled(loaderData?.document.title),
  component: lazyRouteComponent(site, "TextPage"),
});

const dashboard = () => import("./dashboard/pages.ts");
const organizations = () => import("./organizations/pages.ts");
const admin = () => import("./admin/pages.ts");

export const routeTree = rootRoute.addChildren([
  homeRoute,
  modelsRoute,
  appsRoute,
  modelRoute,
  runsRoute,
  runRoute,
  pricingRoute,
  statusRoute,
  docsRoute,
  blogRoute,
  postRoute,
  textRoute,
  sharedRoute,
  accountPage(
    "/compare",
    "Compare runs",
    lazyRouteComponent(() => import("./compare/compare-page.tsx"), "ComparePage"),
  ),
  accountPage("/dashboard", "Dashboard", lazyRouteComponent(dashboard, "OverviewPage")),
  accountPage("/dashboard/projects", "Projects and keys", lazyRouteComponent(dashboard, "ProjectsPage")),
  accountPage("/dashboard/usage", "Usage", lazyRouteComponent(dashboard, "UsagePage")),
  accountPage("/dashboard/wallet", "Wallet", lazyRouteComponent(dashboard, "WalletPage")),
  accountPage("/dashboard/files", "Files", lazyRouteComponent(dashboard, "FilesPage")),
  accountPage("/dashboard/callbacks", "Callbacks", lazyRouteComponent(dashboard, "CallbacksPage")),
  accountPage("/dashboard/organizations", "Organisations", lazyRouteComponent(organizations, "OrganizationsPage")),
  accountPage("/dashboard/organizations/$uuid", "Organisation", lazyRouteComponent(organizations, "OrganizationPage")),
  accountPage("/dashboard/earnings", "Earnings", lazyRouteComponent(dashboard, "EarningsPage")),
  accountPage("/dashboard/account", "Account", lazyRouteComponent(dashboard, "AccountPage")),
  accountPage("/dashboard/activity", "Activity", lazyRouteComponent(dashboard, "ActivityPage")),
  accountPage("/admin", "Workers and queue", lazyRouteComponent(admin, "WorkersPage")),
  accountPage("/admin/models", "Models", lazyRouteComponent(admin, "ModelsPage")),
  accountPage("/admin/accounts", "Accounts", lazyRouteComponent(admin, "AccountsPage")),
  accountPage("/admin/coupons", "Coupons", lazyRouteComponent(admin, "CouponsPage")),
  accountPage("/admin/publishers", "Publishers", lazyRouteComponent(admin, "PublishersPage")),
  accountPage("/admin/reports", "Reports", lazyRouteComponent(admin, "ReportsPage")),
  accountPage("/admin/settings", "Sign-ups and mail", lazyRouteComponent(admin, "SettingsPage")),
  accountPage("/admin/audit", "Audit", lazyRouteComponent(admin, "AuditPage")),
]);
