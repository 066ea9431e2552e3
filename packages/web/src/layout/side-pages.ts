/** The pages listed at the side of the dashboard and of the administration. Not in navigation.ts: every page loads that. */
import type { NavigationItem } from "./navigation.ts";

export interface DashboardPage extends NavigationItem {
  /** The API asks for `manage` there: plain members of an organisation have it not. */
  forManagers?: true;
}

export const DASHBOARD_PAGES: readonly DashboardPage[] = [
  { to: "/dashboard", label: "Overview", exact: true, forManagers: true },
  { to: "/runs", label: "Runs" },
  { to: "/dashboard/projects", label: "Projects and keys", forManagers: true },
  { to: "/dashboard/usage", label: "Usage", forManagers: true },
  { to: "/dashboard/wallet", label: "Wallet", forManagers: true },
  { to: "/dashboard/files", label: "Files" },
  { to: "/dashboard/callbacks", label: "Callbacks", forManagers: true },
  { to: "/dashboard/organizations", label: "Organisations" },
  { to: "/dashboard/account", label: "Account" },
  { to: "/dashboard/activity", label: "Activity", forManagers: true },
];
/** Only for who has models that earn. */
export const EARNINGS: DashboardPage = { to: "/dashboard/earnings", label: "Earnings", forManagers: true };

export const ADMIN_PAGES: readonly NavigationItem[] = [
  { to: "/admin", label: "Workers and queue", exact: true },
  { to: "/admin/models", label: "Models" },
  { to: "/admin/accounts", label: "Accounts" },
  { to: "/admin/coupons", label: "Coupons" },
  { to: "/admin/publishers", label: "Publishers" },
  { to: "/admin/reports", label: "Reports" },
  { to: "/admin/settings", label: "Sign-ups and mail" },
  { to: "/admin/audit", label: "Audit" },
];
