/** The pages that exist, in the order of the header. What is not built yet is not here: no link leads nowhere. */
export interface NavigationItem {
  to: string;
  label: string;
  /** Only its own page counts as current, not those below it. */
  exact?: boolean;
}

export const NAVIGATION: readonly NavigationItem[] = [
  { to: "/", label: "Home", exact: true },
  { to: "/dashboard", label: "Dashboard" },
  { to: "/models", label: "Models" },
  { to: "/apps", label: "Apps" },
  { to: "/pricing", label: "Pricing" },
  { to: "/blog", label: "Blog" },
  { to: "/docs", label: "Documentation" },
];

/** Pages of who is signed in, in their menu. */
export const ACCOUNT_NAVIGATION: readonly NavigationItem[] = [
  { to: "/dashboard", label: "Dashboard", exact: true },
  { to: "/runs", label: "Runs" },
  { to: "/dashboard/projects", label: "Projects and keys" },
  { to: "/dashboard/wallet", label: "Wallet" },
  { to: "/dashboard/organizations", label: "Organisations" },
  { to: "/dashboard/account", label: "Account" },
];

/** In the menu of operators. */
export const OPERATOR_NAVIGATION: readonly NavigationItem[] = [{ to: "/admin", label: "Administration" }];

/** The page to sign in on: the server's own, which needs no JavaScript. */
export const SIGN_IN = "/account/SignIn";
export const SIGN_UP = "/account/SignUp";

export const FOOTER: readonly { title: string; items: readonly { href: string; label: string }[] }[] = [
  {
    title: "Product",
    items: [
      { href: "/models", label: "Models" },
      { href: "/apps", label: "Apps" },
      { href: "/pricing", label: "Pricing" },
      { href: "/dashboard", label: "Dashboard" },
      { href: "/status", label: "Status" },
    ],
  },
  {
    title: "Documentation",
    items: [
      { href: "/docs", label: "Introduction" },
      { href: "/docs/guide/first-project", label: "Start your first project" },
      { href: "/docs/guide/example-projects", label: "Example projects" },
      { href: "/docs/api/reference", label: "API reference" },
      { href: "/docs/guide/make-a-model", label: "Make a model" },
    ],
  },
  {
    title: "For programs",
    items: [
      { href: "/openapi.json", label: "OpenAPI description" },
      { href: "/docs/api/agents", label: "Agents (MCP)" },
      { href: "/llms.txt", label: "llms.txt" },
      { href: "/sitemap.xml", label: "Sitemap" },
    ],
  },
  {
    title: "Who runs this",
    items: [
      { href: "/about", label: "About" },
      { href: "/blog", label: "Blog" },
      { href: "/careers", label: "Careers" },
      { href: "/contact", label: "Contact" },
      { href: "/terms", label: "Terms" },
      { href: "/privacy", label: "Privacy" },
    ],
  },
];
