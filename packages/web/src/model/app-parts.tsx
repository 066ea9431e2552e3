/** What an app is made of. */
import type { ToolDetail } from "@modelyard/contract";

interface AppPartsProps {
  app: NonNullable<ToolDetail["modelyard"]["app"]>;
  /** All of its models are here; else which of them is missing is not known on this page, and none is linked to. */
  isWhole: boolean;
}

export function AppParts({ app, isWhole }: AppPartsProps) {
  return (
    <section className="mt-6 border-t border-line pt-5" aria-labelledby="parts-title">
      <h2 id="parts-title" className="text-lg">
        What it does
      </h2>
      <ol className="mt-2 grid list-decimal gap-1 pl-5 text-sm">
        {app.steps.map(({ id, title, model }) => (
          <li key={id}>
            {title} <span className="text-soft">with</span>{" "}
            {isWhole ? (
              <a href={`/models/${model.toLowerCase().replace(/[. ]/g, "-")}`} className="link">
                {model}
              </a>
            ) : (
              model
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
