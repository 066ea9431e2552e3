/** What a run was given: named as the form of its model names it, where that is still there; files as links, pictures small. */
import { items, type Task, type ToolDetail } from "@modelyard/contract";
import { isPictureHere } from "../run/input-picture.ts";

/** `model`: undefined while it is asked for, and where it is gone. */
export function RunInputs({ task: { parameters }, model }: { task: Task; model: ToolDetail | undefined }) {
  const form = model ? items(model.modelyard) : [];
  const labels = new Map(form.map(({ id, label }) => [id, label]));
  const inputs = Object.entries(parameters);
  return (
    <section aria-labelledby="inputs-title">
      <h2 id="inputs-title" className="text-lg">
        Inputs
      </h2>
      {inputs.length === 0 && <p className="mt-2 text-sm text-soft">It was given none.</p>}
      <dl className="mt-2 grid gap-2 text-sm">
        {inputs.map(([name, value]) => (
          <div key={name}>
            <dt className="text-soft">{labels.get(name) ?? name}</dt>
            <dd className="wrap-anywhere whitespace-pre-wrap">
              <Value value={value} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

const isAddress = (value: unknown): value is string => typeof value === "string" && /^https?:\/\/\S+$/.test(value);

function Value({ value }: { value: unknown }) {
  if (value === "") return "–";
  const addresses = [value].flat();
  if (addresses.length > 0 && addresses.every(isAddress))
    return (
      <span className="flex flex-wrap gap-2">
        {addresses.map((url) => (
          <FileLink key={url} url={url} />
        ))}
      </span>
    );
  return typeof value === "string" ? value : JSON.stringify(value);
}

function FileLink({ url }: { url: string }) {
  const last = URL.parse(url)?.pathname.split("/").at(-1) ?? "";
  return (
    <a href={url} target="_blank" rel="noopener noreferrer" className="link inline-flex items-center gap-2">
      {isPictureHere(url) && (
        <img src={url} alt="" loading="lazy" className="squares size-14 rounded-sm border border-line object-cover" />
      )}
      {decoded(last) || url}
    </a>
  );
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
