/** docs/api/reference.md: every endpoint with its fields and answer, out of the same schemas that check requests. Run by gen.ts. */
import { z } from "zod";
import { ACCOUNT_ROUTES } from "./account.ts";
import type { ApiRoute } from "./route.ts";
import { API_ROUTES } from "./routes.ts";
import { Tool, ToolDetail } from "./tool.ts";
import { Task } from "./wire.ts";

interface Schema {
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  items?: Schema | false;
  prefixItems?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  description?: string;
  pattern?: string;
  format?: string;
}

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");

/** A type in a few words: `text`, `one of run, read`, `list of text`. */
function typeWords(schema: Schema): string {
  if (schema.enum) return `one of ${schema.enum.map((one) => `\`${one}\``).join(", ")}`;
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeWords))].join(" or ");
  if (schema.type === "array") return `list of ${typeWords(schema.items || (schema.prefixItems?.[0] ?? {}))}`;
  if (schema.type === "string") return schema.format === "binary" ? "file" : "text";
  if (Array.isArray(schema.type)) return schema.type.map((one) => typeWords({ type: one })).join(" or ");
  if (schema.type === "integer") return "number";
  return typeof schema.type === "string" ? schema.type : "anything";
}

function fieldRows(fields: z.ZodType): string[] {
  const { properties = {}, required = [] } = z.toJSONSchema(fields, { io: "input" }) as Schema;
  return Object.entries(properties).map(
    ([name, schema]) =>
      `| \`${name}\` | ${cell(typeWords(schema))} | ${required.includes(name) ? "yes" : ""} | ${cell(schema.description ?? "")} |`,
  );
}

const outputOf = (schema: z.ZodType): Schema =>
  z.toJSONSchema(schema, { io: "output", unrepresentable: "any", reused: "inline" }) as Schema;

/** Objects of many fields, which have a section of their own; by the names of their fields. */
const OBJECTS = new Map(
  Object.entries({ Task, Tool, "Tool with details": ToolDetail }).map(([name, schema]) => [
    Object.keys(outputOf(schema).properties ?? {}).join(),
    { name, schema },
  ]),
);

function fieldWords(schema: Schema | undefined): string {
  if (schema?.anyOf) return schema.anyOf.map(fieldWords).filter(Boolean).join(" or ");
  const inside = Object.keys(schema?.properties ?? {});
  if (inside.length === 0) return "";
  const known = OBJECTS.get(inside.join());
  if (known) return `[${known.name}](#the-object-${known.name.toLowerCase().replaceAll(" ", "-")})`;
  return `with ${inside.map((one) => `\`${one}\``).join(", ")}`;
}

/** What an answer holds beside `result` and `errors`. */
function answerRows(answer: z.ZodType): string[] {
  const { properties = {} } = outputOf(answer);
  return Object.entries(properties)
    .filter(([name]) => name !== "result" && name !== "errors")
    .map(([name, schema]) => {
      const row = schema.type === "array" ? schema.items || schema.prefixItems?.[0] : schema;
      const words = [schema.description ?? "", fieldWords(row)].filter(Boolean).join(" ");
      return `| \`${name}\` | ${cell(typeWords(schema))} | ${cell(words)} |`;
    });
}

function table(head: string, rows: readonly string[]): string[] {
  const columns = head.split("|").length - 2;
  return rows.length === 0 ? [] : [head, `|${"---|".repeat(columns)}`, ...rows, ""];
}

function access(route: ApiRoute): string {
  if (route.open) return "Open: no credentials are needed.";
  if (route.scope === "operator") return "For operators, with their account's bearer token.";
  return `Needs the scope \`${route.scope}\`${route.browser ? "; a browser's token will do for its own tasks" : ""}.`;
}

function section(path: string, summary: string, lines: readonly string[]): string[] {
  return [`### ${path}`, "", `${summary}.`, "", ...lines];
}

/** `/v1/Task/List` → `Task`. */
const roomOf = (path: string): string => path.split("/")[2] ?? "";

export function referencePage(): string {
  const rooms = [...new Set(API_ROUTES.map(({ path }) => roomOf(path)))];
  const apiParts = rooms.flatMap((room) => [
    `## ${room}`,
    "",
    ...API_ROUTES.filter(({ path }) => roomOf(path) === room).flatMap((route) =>
      section(route.path, route.summary, [
        access(route),
        "",
        ...table("| Field | Type | Required | |", fieldRows(route.fields)),
        ...table("| Answer | Type | |", answerRows(route.answer)),
      ]),
    ),
  ]);
  const accountParts = ACCOUNT_ROUTES.flatMap(({ path, summary, access: who, fields, answer }) =>
    section(path, summary, [
      who === "signed-in" ? "With the session's cookie." : "For anybody.",
      "",
      ...table("| Field | Type | Required | |", fieldRows(fields)),
      ...table("| Answer | Type | |", answerRows(answer)),
    ]),
  );
  const objectParts = [...OBJECTS.values()].flatMap(({ name, schema }) => [
    `### The object ${name}`,
    "",
    ...table("| Field | Type | |", answerRows(schema)),
  ]);
  return [
    "# API reference",
    "",
    "<!-- Generated by `npm run gen` from packages/contract/src. -->",
    "",
    "Every endpoint is a `POST` that takes JSON, form and multipart bodies alike. Numbers may be sent as text and are answered as text.",
    "Every answer has `result` and `errors`; a refusal looks as [Errors](errors.md) says. How requests are signed is in",
    "[Accounts and keys](../guide/accounts-and-keys.md), and the same list for programs is at `/openapi.json`.",
    "",
    ...apiParts,
    "## Accounts in a browser",
    "",
    "Spoken with a cookie and no key, by pages of the same server. `/account/Token` is the bridge to all of the above.",
    "",
    ...accountParts,
    "## Objects",
    "",
    ...objectParts,
  ].join("\n");
}
