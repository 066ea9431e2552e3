/** A model's run call as OpenAPI 3.0.3, once for each kind of project (`/Tool/DetailOpenAPI`, wire-contract.md 9). Pure. */
import { type Item, isConditional, isFileItem, items, type Manifest, whenWords } from "@modelyard/contract";
import type { CatalogueModel } from "./service.ts";

type Schema = Record<string, unknown>;

function itemSchema(item: Item, manifest: Manifest): Schema {
  const when = whenWords(manifest, item.id);
  const described = [item.description ?? item.note, when && `Only read when ${when}.`].filter(Boolean).join(" ");
  const base: Schema = {
    title: item.label,
    ...(described ? { description: described } : {}),
    ...(item.default === undefined ? {} : { default: item.default }),
  };
  if (isFileItem(item)) {
    const one = { type: "string", format: "binary", description: "A file, or its http(s) address." };
    return item.type === "fileinput" ? { ...base, ...one } : { ...base, type: "array", items: one };
  }
  switch (item.type) {
    case "number":
    case "range":
      return {
        ...base,
        type: "number",
        ...(item.min === undefined ? {} : { minimum: item.min }),
        ...(item.max === undefined ? {} : { maximum: item.max }),
        ...(item.step === undefined ? {} : { multipleOf: item.step }),
      };
    case "select":
    case "selectwithcover":
      return { ...base, type: "string", enum: (item.options ?? []).map((option) => option.value) };
    case "checkbox":
      return { ...base, type: "boolean" };
    default:
      return { ...base, type: "string", ...(item.maxLength === undefined ? {} : { maxLength: item.maxLength }) };
  }
}

function runSchema(manifest: Manifest): Schema {
  const fields = items(manifest);
  const callbackUrl = { type: "string", description: "Called when the run has ended; empty for none." };
  return {
    type: "object",
    properties: { ...Object.fromEntries(fields.map((item) => [item.id, itemSchema(item, manifest)])), callbackUrl },
    required: fields.filter((item) => item.required && !isConditional(manifest, item.id)).map((item) => item.id),
  };
}

const header = (name: string): Schema => ({ name, in: "header", required: true, schema: { type: "string" } });

function spec(model: CatalogueModel, base: string, headers: readonly string[]): Schema {
  const { manifest, cleanOwner, cleanSlug } = model;
  const body = { schema: { $ref: "#/components/schemas/RunToolSchema" } };
  const answer = {
    type: "object",
    properties: {
      errors: { type: "array", items: {} },
      taskid: { type: "string" },
      socketaccesstoken: { type: "string" },
      result: { type: "boolean" },
    },
  };
  return {
    openapi: "3.0.3",
    info: { title: manifest.title, description: manifest.description, version: model.version.slice(0, 12) },
    servers: [{ url: `${base}/v1` }],
    paths: {
      [`/Run/${cleanOwner}/${cleanSlug}`]: {
        post: {
          summary: `Run ${model.owner}/${model.slug}`,
          parameters: headers.map(header),
          requestBody: { required: true, content: { "application/json": body, "multipart/form-data": body } },
          responses: {
            200: { description: "The task, or why not", content: { "application/json": { schema: answer } } },
          },
        },
      },
    },
    components: { schemas: { RunToolSchema: runSchema(manifest) } },
  };
}

export function modelOpenApi(model: CatalogueModel, base: string): { type: "apikey" | "signature"; spec: Schema }[] {
  return [
    { type: "apikey", spec: spec(model, base, ["x-api-key"]) },
    { type: "signature", spec: spec(model, base, ["x-api-key", "x-nonce", "x-signature"]) },
  ];
}
