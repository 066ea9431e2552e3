/** The operators' pages, loaded together when the first of them is opened. */
export { AccountsPage } from "./accounts-page.tsx";
export { AuditPage } from "./audit-page.tsx";
export { CouponsPage } from "./coupons-page.tsx";
export { ModelsPage } from "./models-page.tsx";
export { PublishersPage } from "./publishers-page.tsx";
export { ReportsPage } from "./reports-page.tsx";
export { SettingsPage } from "./settings-page.tsx";
export { WorkersPage } from "./workers-page.tsx";
