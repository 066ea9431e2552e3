/** The operator's posts, the newest first. */
import { getRouteApi, Link } from "@tanstack/react-router";
import { EmptyState } from "../ui/empty-state.tsx";

const route = getRouteApi("/blog");

export function BlogPage() {
  const posts = route.useLoaderData();
  return (
    <div className="mx-auto max-w-3xl">
      <h1 className="text-3xl">Blog</h1>
      {posts.length === 0 && (
        <div className="mt-6">
          <EmptyState sentence="Nothing has been written yet." action={null} />
        </div>
      )}
      <ul className="mt-4 divide-y divide-line">
        {posts.map(({ name, title, summary, date }) => (
          <li key={name} className="py-6">
            {date !== "" && (
              <time dateTime={date} className="text-sm text-soft tabular-nums">
                {date}
              </time>
            )}
            <h2 className="mt-1 text-xl">
              <Link to="/blog/$name" params={{ name }} className="hover:underline">
                {title}
              </Link>
            </h2>
            <p className="mt-2 text-soft">{summary}</p>
          </li>
        ))}
      </ul>
    </div>
  );
}
