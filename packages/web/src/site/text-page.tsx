/** A page of the operator's: about, terms and the like. */
import { getRouteApi } from "@tanstack/react-router";
import { DocumentHtml } from "./document-html.tsx";

const route = getRouteApi("/$page");

export function TextPage() {
  const { document } = route.useLoaderData();
  return (
    <article className="mx-auto max-w-3xl">
      <h1 className="mb-6 text-3xl">{document.title}</h1>
      {document.placeholder && <PlaceholderNote />}
      <DocumentHtml document={document} />
    </article>
  );
}

export function PlaceholderNote() {
  return (
    <p className="mb-6 rounded-md bg-wait-wash px-4 py-2.5 text-wait">
      This page is a placeholder: who runs this server has not written it yet.
    </p>
  );
}
