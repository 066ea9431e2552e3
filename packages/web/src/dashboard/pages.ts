/** All pages of the dashboard, loaded together when the first of them is opened. */
export { AccountPage } from "./account-page.tsx";
export { ActivityPage } from "./activity-page.tsx";
export { CallbacksPage } from "./callbacks-page.tsx";
export { EarningsPage } from "./earnings-page.tsx";
export { FilesPage } from "./files-page.tsx";
export { OverviewPage } from "./overview-page.tsx";
export { ProjectsPage } from "./projects-page.tsx";
export { UsagePage } from "./usage-page.tsx";
export { WalletPage } from "./wallet-page.tsx";
