/** `/v1/Tool/*` (wire-contract.md 9), the rows of the home page, and the pictures and samples of models. Public: no credentials are asked for or looked at. */
import { pipeline } from "node:stream/promises";
import { apiError, type ToolFacts } from "@modelyard/contract";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { inertHeaders, typeByName } from "../files/policy.ts";
import { readBody } from "../http/body.ts";
import { flagField } from "../http/fields.ts";
import { baseOf, reply, typeOf } from "../http/request.ts";
import { modelOpenApi } from "./openapi.ts";
import { categoryRows, type HomeRow, homeRows } from "./policy-explore.ts";
import { presentTool, presentToolDetail } from "./present.ts";
import { quoteFor } from "./quote.ts";
import { readmeHtml } from "./readme.ts";
import { sampleText } from "./sample-text.ts";
import { findModels, readQuery } from "./search.ts";
import type { CatalogueModel, Models } from "./service.ts";
import type { Explore } from "./service-explore.ts";
import { openShown } from "./shown-file.ts";
import type { ModelStats } from "./stats.ts";

function slugField(fields: Readonly<Record<string, unknown>>, name: string): string {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return typeof value === "string" ? value : "";
}

export interface ModelRoutesDeps {
  models: Models;
  stats: ModelStats;
  explore: Explore;
  /** Whether a run of the model could begin at once. */
  readiness: (model: CatalogueModel) => ToolFacts["readiness"];
  /** Whether a connected worker has said that it has what this version's runs need. */
  isInstalled: (version: string) => boolean;
}

export function modelRoutes(
  app: FastifyInstance,
  { models, stats, explore, readiness, isInstalled }: ModelRoutesDeps,
): void {
  /** Cannot run yet: its weights are not there, or a model that it is made of. */
  const needsMore = ({ manifest, version, missing = [] }: CatalogueModel) =>
    missing.length > 0 || (manifest.pull === true && !isInstalled(version));
  const tool = (model: CatalogueModel, base: string) => presentTool(model, stats.of(model.id), base);
  const post = (path: string, answer: (fields: Record<string, unknown>, base: string) => object | Promise<object>) =>
    app.post(path, async (request: FastifyRequest, response) =>
      reply(response, await answer(await readBody(request.raw, typeOf(request)), baseOf(request))),
    );

  post("/v1/Tool/List", (fields, base) => {
    const query = readQuery(fields);
    const [owner = "", slug = ""] = query.like.split("/");
    const found = findModels(models.all(), query, { statOf: stats.of, needsMore, like: models.find(owner, slug) });
    return { result: true, errors: [], total: found.total, tool: found.models.map((model) => tool(model, base)) };
  });

  post("/v1/Tool/Detail", (fields, base) => {
    const model = models.find(slugField(fields, "slugowner"), slugField(fields, "slugproject"));
    if (!model) throw apiError("unknownModel");
    const summary = flagField(fields, "summary");
    const { id } = model;
    const detail = summary
      ? tool(model, base)
      : presentToolDetail(model, {
          stat: stats.of(id),
          times: stats.times(id),
          alike: stats.timesAlike(id),
          readiness: readiness(model),
          base,
          readme: readmeHtml(model),
          installed: isInstalled(model.version),
          textOf: (file) => sampleText(model, file),
        });
    return { result: true, errors: [], tool: [detail] };
  });

  post("/v1/Tool/DetailOpenAPI", (fields, base) => {
    const model = models.find(slugField(fields, "slugowner"), slugField(fields, "slugproject"));
    if (!model) throw apiError("unknownModel");
    return modelOpenApi(model, base);
  });

  post("/v1/Tool/Quote", (fields) => {
    const model = models.find(slugField(fields, "slugowner"), slugField(fields, "slugproject"));
    if (!model) throw apiError("unknownModel");
    const parameters = Object.hasOwn(fields, "parameters") ? fields.parameters : undefined;
    return { result: true, errors: [], quote: quoteFor(models, model, stats, parameters) };
  });

  const listed = () => models.all().filter(({ manifest }) => manifest.lifecycle !== "retired");
  const row = ({ id, title, models: shown, path, total }: HomeRow, base: string) => {
    const url = path === "" ? "" : base + path;
    return { id, title, tools: shown.map((model) => tool(model, base)), url, total };
  };
  post("/v1/Tool/Explore", (_fields, base) => {
    const rows = categoryRows({ listed: listed(), statOf: stats.of, needsMore });
    return { result: true, errors: [], explore: rows.map((one) => row(one, base)) };
  });

  post("/v1/Site/Explore", async (_fields, base) => {
    const known = { listed: listed(), statOf: stats.of, needsMore, addedAt: models.addedAt };
    const rows = homeRows(await explore.chosen(known.listed), known);
    return { result: true, errors: [], explore: rows.map((one) => row(one, base)) };
  });

  app.get<{ Params: { version: string; "*": string } }>("/assets/models/:version/*", async (request, response) => {
    const { version, "*": path } = request.params;
    const body = openShown(models, version, path);
    if (!body) throw apiError("unknownEndpoint");
    const name = path.split("/").at(-1) ?? "";
    response.hijack();
    response.raw.writeHead(200, {
      ...inertHeaders({ name, contentType: typeByName(name) }),
      "cache-control": "public, max-age=31536000, immutable",
    });
    await pipeline(body, response.raw).catch(() => response.raw.destroy());
  });
}
