/** The API as OpenAPI 3.1, made from the list of routes. */
import { z } from "zod";
import type { ApiRoute } from "./route.ts";
import { API_ROUTES } from "./routes.ts";
import { Failure } from "./wire.ts";

type Json = Record<string, unknown>;

function schema(type: z.ZodType, io: "input" | "output"): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(type, { target: "draft-2020-12", io });
  return rest;
}

const header = (name: string): Json => ({ type: "apiKey", in: "header", name });

function operation(route: ApiRoute): Json {
  const names = [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
  const body = { schema: schema(route.fields, "input") };
  const answer = { schema: { oneOf: [schema(route.answer, "output"), { $ref: "#/components/schemas/Failure" }] } };
  return {
    operationId: route.path
      .replace(/^\/v1\//, "")
      .replace(/\W+/g, "_")
      .replace(/_+$/, ""),
    summary: route.summary,
    security: route.open ? [] : [{ key: [] }, { key: [], nonce: [], signature: [] }, { bearer: [] }],
    ...(names.length > 0
      ? { parameters: names.map((name) => ({ name, in: "path", required: true, schema: { type: "string" } })) }
      : {}),
    requestBody: {
      content: {
        "application/json": body,
        "multipart/form-data": body,
        "application/x-www-form-urlencoded": body,
      },
    },
    responses: {
      200: { description: "The answer, or a refusal with `result: false`", content: { "application/json": answer } },
      ...(route.open ? {} : { 401: { $ref: "#/components/responses/Unauthorized" } }),
    },
  };
}

export function openApi(): Json {
  return {
    openapi: "3.1.0",
    info: {
      title: "Modelyard",
      version: "1",
      description:
        "Run any model, follow it live, fetch what it made. Live events: WebSocket at /v1 (socket-messages.schema.json).",
    },
    paths: Object.fromEntries(API_ROUTES.map((route) => [route.path, { post: operation(route) }])),
    components: {
      schemas: { Failure: schema(Failure, "output") },
      responses: {
        Unauthorized: {
          description: "The credentials were refused",
          content: { "application/json": { schema: { $ref: "#/components/schemas/Failure" } } },
        },
      },
      securitySchemes: {
        bearer: {
          type: "http",
          scheme: "bearer",
          description: "A signed-in account's token (POST /account/Token), or a browser token of a project.",
        },
        key: header("x-api-key"),
        nonce: header("x-nonce"),
        signature: {
          ...header("x-signature"),
          description: "Hex HMAC-SHA256, keyed with the API key, over secret + nonce.",
        },
      },
    },
  };
}
