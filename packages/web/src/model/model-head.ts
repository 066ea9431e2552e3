/** What search engines, link previews and agents are told about a model. */
import { type PriceMethod, perUnit } from "@modelyard/contract";
import { modelPath } from "../catalogue/describe.ts";
import type { ModelData } from "./load-model.ts";

export function modelHead(model: ModelData["model"], base: string) {
  const name = `${model.slugowner}/${model.slugproject}`;
  const url = base + modelPath(model);
  const title = `${name}: ${model.title}`;
  const [tier] = JSON.parse(model.dynamicprice) as { price: number; priceMethod: PriceMethod }[];
  return {
    meta: [
      { title: `${title} · Modelyard` },
      { name: "description", content: model.description },
      { property: "og:title", content: title },
      { property: "og:description", content: model.description },
      { property: "og:type", content: "website" },
      { property: "og:url", content: url },
      ...(model.image ? [{ property: "og:image", content: model.image }] : []),
      {
        "script:ld+json": {
          "@context": "https://schema.org",
          "@type": "SoftwareApplication",
          name: model.title,
          alternateName: name,
          description: model.description,
          url,
          applicationCategory: "MultimediaApplication",
          operatingSystem: "Any",
          license: model.modelyard.license.code,
          ...(model.image ? { image: model.image } : {}),
          ...(tier
            ? {
                offers: {
                  "@type": "Offer",
                  price: String(tier.price),
                  priceCurrency: "USD",
                  description: perUnit(tier.priceMethod),
                },
              }
            : {}),
        },
      },
    ],
    links: [
      { rel: "canonical", href: url },
      { rel: "alternate", type: "text/markdown", href: `${modelPath(model)}.md` },
    ],
  };
}
