/** The pages for everybody beside the catalogue, loaded together when the first of them is opened. */
export { BlogPage } from "./blog-page.tsx";
export { DocsPage } from "./docs-page.tsx";
export { PostPage } from "./post-page.tsx";
export { PricingPage } from "./pricing-page.tsx";
export { StatusPage } from "./status-page.tsx";
export { TextPage } from "./text-page.tsx";
