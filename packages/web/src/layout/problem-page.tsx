/** Pages for what is not there, and for what went wrong. The server sends them with status 404 and 500. */
import { type ErrorComponentProps, Link } from "@tanstack/react-router";
import { buttonClass } from "../ui/button.tsx";

export function NotFoundPage() {
  return (
    <div className="mx-auto max-w-xl py-20 text-center">
      <p className="font-mono text-sm text-soft">404</p>
      <h1 className="mt-2 text-3xl">There is no page at this address</h1>
      <p className="mt-3 text-soft">The model may have been renamed or taken down, or the link has a slip in it.</p>
      <Link to="/models" className={`${buttonClass("primary")} mt-6`}>
        See all models
      </Link>
    </div>
  );
}

export function ErrorPage({ reset }: ErrorComponentProps) {
  return (
    <div className="mx-auto max-w-xl py-20 text-center" role="alert">
      <h1 className="text-3xl">This page could not be loaded</h1>
      <p className="mt-3 text-soft">The server did not answer as it should. Nothing that runs is lost by this.</p>
      <button type="button" className={`${buttonClass("primary")} mt-6`} onClick={reset}>
        Try again
      </button>
    </div>
  );
}
