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
];

/** Pages of who is signed in, in their menu. */
export const ACCOUNT_NAVIGATION: readonly NavigationItem[] = [
  { to: "/dashboard", label: "Dashboard", exact: true },
  { to: "/runs", label: "Runs" },
  { to: "/dashboard/projects", label: "Projects and keys" },
  { to: "/dashboard/wallet", label: "Wallet" },
  { to: "/dashboard/account", label: "Account" },
];

/** In the menu of operators. */
export const OPERATOR_NAVIGATION: readonly NavigationItem[] = [{ to: "/admin", label: "Administration" }];

/** The page to sign in on: the server's own, which needs no JavaScript. */
export const SIGN_IN = "/account/SignIn";

export const FOOTER: readonly { title: string; items: readonly { href: string; label: string }[] }[] = [
  {
    title: "Product",
    items: [
      { href: "/models", label: "Models" },
      { href: "/apps", label: "Apps" },
      { href: "/dashboard", label: "Dashboard" },
    ],
  },
  {
    title: "For programs",
    items: [
      { href: "/openapi.json", label: "OpenAPI description" },
      { href: "/llms.txt", label: "llms.txt" },
      { href: "/sitemap.xml", label: "Sitemap" },
    ],
  },
];
