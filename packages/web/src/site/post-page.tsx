import { getRouteApi, Link } from "@tanstack/react-router";
import { DocumentHtml } from "./document-html.tsx";
import { PlaceholderNote } from "./text-page.tsx";

const route = getRouteApi("/blog/$name");

/** One post of the operator's blog. */
export function PostPage() {
  const { document } = route.useLoaderData();
  return (
    <article className="mx-auto max-w-3xl">
      <p className="mb-2 text-sm">
        <Link to="/blog" className="link">
          All posts
        </Link>
      </p>
      <h1 className="text-3xl">{document.title}</h1>
      {document.date !== "" && (
        <p className="mt-1 mb-6 text-soft">
          <time dateTime={document.date}>{document.date}</time>
        </p>
      )}
      {document.placeholder && <PlaceholderNote />}
      <DocumentHtml document={document} />
    </article>
  );
}
