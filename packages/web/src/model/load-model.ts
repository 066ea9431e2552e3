import type { ToolDetail } from "@modelyard/contract";
import type { ModelCalls } from "@modelyard/sdk";
import { type Card, cardOf } from "../catalogue/card.ts";
import { readmeForPage } from "./readme-html.ts";

/** What a model's page shows. Travels inside the page, so it has nothing that is there already in another form. */
export interface ModelData {
  model: Omit<ToolDetail, "parameters" | "inspire">;
  related: Card[];
  /** The readme itself may come with the page instead (routes.tsx). */
  hasReadme: boolean;
}

/** Related models shown at most. */
const RELATED = 4;

/** Undefined where there is no such model. */
export async function loadModel(
  models: ModelCalls,
  name: { owner: string; model: string },
): Promise<ModelData | undefined> {
  let detail: ToolDetail;
  try {
    detail = await models.detail(name.owner, name.model);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === 1) return undefined;
    throw error;
  }
  // Its first category says the most; what is popular fills up.
  const lists = await Promise.all([
    ...detail.categories
      .slice(0, 3)
      .map((category) => models.list({ categories: [category], sort: "runs", limit: RELATED + 1 })),
    models.list({ slugowner: detail.slugowner, sort: "runs", limit: RELATED + 1 }),
    models.list({ sort: "runs", limit: RELATED + 1 }),
  ]);
  const others = new Map(lists.flatMap((list) => list.models).map((tool) => [tool.id, tool]));
  others.delete(detail.id);
  const { parameters: _parameters, inspire: _inspire, ...shown } = detail;
  const model = { ...shown, readme: readmeForPage(shown.readme) };
  return { model, related: [...others.values()].slice(0, RELATED).map(cardOf), hasReadme: model.readme !== "" };
}
