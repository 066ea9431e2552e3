/** The pages about organisations, loaded together when the first of them is opened. */
export { OrganizationPage } from "./organization-page.tsx";
export { OrganizationsPage } from "./organizations-page.tsx";
