/** What an app is made of. */
import type { ToolDetail } from "@modelyard/contract";

export function AppParts({ app }: { app: NonNullable<ToolDetail["modelyard"]["app"]> }) {
  return (
    <section className="mt-6 border-t border-line pt-5" aria-labelledby="parts-title">
      <h2 id="parts-title" className="text-lg">
        What it does
      </h2>
      <ol className="mt-2 grid list-decimal gap-1 pl-5 text-sm">
        {app.steps.map(({ id, title, model, known }) => (
          <li key={id}>
            {title} <span className="text-soft">with</span>{" "}
            {known ? (
              <a href={`/models/${model.toLowerCase().replace(/[. ]/g, "-")}`} className="link">
                {model}
              </a>
            ) : (
              `${model} (not on this server)`
            )}
          </li>
        ))}
      </ol>
      <p className="mt-2 text-sm text-soft">
        One run, one price: the sum of its steps. If a step fails, the run fails and costs nothing.
      </p>
    </section>
  );
}
