/** Words that runs are found by: links to the list of all that have one. */
import { Link } from "@tanstack/react-router";

export function Tags({ of }: { of: readonly string[] }) {
  return (
    <ul aria-label="Tags" className="flex flex-wrap gap-1.5">
      {of.map((tag) => (
        <li key={tag}>
          <Link
            to="/runs"
            search={{ tag }}
            preload={false}
            aria-label={`Runs with the tag ${tag}`}
            className="inline-flex min-h-6 max-w-48 items-center rounded-md bg-sunk px-2 text-sm text-soft hover:text-ink hover:underline"
          >
            <span className="truncate">{tag}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
