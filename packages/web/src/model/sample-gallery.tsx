import { useState } from "react";
import { Button } from "../ui/button.tsx";
import type { ModelData } from "./load-model.ts";

type Sample = ModelData["model"]["modelyard"]["samples"][number];

/** Samples shown before "See more". */
const SHOWN = 2;

/** What the model made before, and the inputs that made it. Nothing plays by itself. */
export function SampleGallery({
  model,
  onUse,
}: {
  model: ModelData["model"];
  onUse: (inputs: Record<string, unknown>) => void;
}) {
  const [all, setAll] = useState(false);
  const { samples } = model.modelyard;
  if (samples.length === 0) return null;
  return (
    <section aria-labelledby="samples-title">
      <h2 id="samples-title" className="mb-4 text-xl">
        Samples
      </h2>
      <ul className="grid gap-5 sm:grid-cols-[repeat(auto-fit,minmax(18rem,1fr))]">
        {(all ? samples : samples.slice(0, SHOWN)).map((sample) => (
          <li key={sample.url} className="flex flex-col overflow-hidden rounded-lg border border-line bg-card">
            <SampleView sample={sample} poster={model.image} />
            <div className="flex grow flex-wrap items-end gap-3 p-4">
              <SampleInputs model={model} sample={sample} />
              {sample.inputs && (
                <Button
                  size="small"
                  onClick={() => {
                    onUse(sample.inputs ?? {});
                    document
                      .querySelector("[data-model-form]")
                      ?.scrollIntoView({ block: "center", behavior: "smooth" });
                  }}
                >
                  Use these inputs
                </Button>
              )}
            </div>
          </li>
        ))}
      </ul>
      {!all && samples.length > SHOWN && (
        <Button className="mt-4" onClick={() => setAll(true)}>
          See {samples.length - SHOWN} more
        </Button>
      )}
    </section>
  );
}

function SampleView({ sample, poster }: { sample: Sample; poster: string }) {
  const { contenttype, url, name, text } = sample;
  if (contenttype.startsWith("image/")) {
    return (
      <img src={url} alt={`Sample ${name}`} loading="lazy" className="squares aspect-video w-full object-contain" />
    );
  }
  if (contenttype.startsWith("video/")) {
    return (
      // biome-ignore lint/a11y/useMediaCaption: the samples that ship have no speech
      <video
        src={url}
        controls
        playsInline
        preload="none"
        poster={poster || undefined}
        className="aspect-video w-full bg-sunk object-contain"
        aria-label={`Sample ${name}`}
      />
    );
  }
  if (contenttype.startsWith("audio/")) {
    return (
      <div className="grid place-items-center bg-sunk px-4 py-8">
        {/* biome-ignore lint/a11y/useMediaCaption: what is said stands below, as the inputs */}
        <audio src={url} controls preload="none" className="w-full" aria-label={`Sample ${name}`} />
      </div>
    );
  }
  return (
    <div className="bg-sunk p-4 text-sm">
      {text !== null && <p className="line-clamp-8 whitespace-pre-wrap wrap-anywhere">{text}</p>}
      <a href={url} className="link mt-2 inline-block">
        Read {name}
      </a>
    </div>
  );
}

/** What it was made from: the picture, the text, and the first settings. */
function SampleInputs({ model, sample }: { model: ModelData["model"]; sample: Sample }) {
  if (!sample.inputs) return <p className="grow text-sm text-soft">{sample.name}</p>;
  const labels = new Map(model.modelyard.inputs.flatMap(({ items }) => items).map((item) => [item.id, item.label]));
  const entries = Object.entries(sample.inputs);
  const isFile = (value: unknown) => String(value).startsWith("http");
  const picture = entries.find(([, value]) => isFile(value) && /\.(png|jpe?g|webp|gif|avif)$/i.test(String(value)));
  return (
    <dl className="grid min-w-40 grow basis-40 gap-0.5 text-sm">
      {picture && (
        <div className="mb-1">
          <dt className="sr-only">{labels.get(picture[0]) ?? picture[0]}</dt>
          <dd>
            <img
              src={String(picture[1])}
              alt={`Made from ${String(picture[1]).split("/").at(-1)}`}
              loading="lazy"
              className="squares h-16 rounded-sm border border-line"
            />
          </dd>
        </div>
      )}
      {entries
        .filter(([, value]) => !isFile(value))
        .slice(0, 3)
        .map(([id, value]) => (
          <div key={id} className="line-clamp-3">
            <dt className="inline text-soft">{labels.get(id) ?? id}: </dt>
            <dd className="inline">{String(value)}</dd>
          </div>
        ))}
    </dl>
  );
}
