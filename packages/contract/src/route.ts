/** What a route of the API is; the routes themselves are in routes.ts and routes-manage.ts. */
import { z } from "zod";

/** What a key may be allowed to do. `manage`: projects, keys, wallet, audit log. */
export const SCOPES = ["run", "read", "files", "manage"] as const;
export type Scope = (typeof SCOPES)[number];

interface Described {
  /** Below the base address, parameters as `{name}`. */
  path: string;
  summary: string;
  /** Fields of the body; every POST takes JSON, form and multipart bodies alike. */
  fields: z.ZodType;
  answer: z.ZodType;
}

interface Open extends Described {
  /** No credentials are asked for. */
  open: true;
  scope?: undefined;
  browser?: undefined;
}

interface Closed extends Described {
  open: false;
  /**
   * What a key must be allowed to do; a signed-in account's bearer token may do all of it. `operator`: bearer tokens of operators
   * alone.
   */
  scope: Scope | "operator";
  /** A browser token may call it, for what it made itself. */
  browser?: boolean;
}

export type ApiRoute = Open | Closed;

export const text = z.string();
/** Numbers may come as text. */
export const count = z.union([z.string(), z.number()]);

const closed =
  (scope: "manage" | "operator") =>
  (path: string, summary: string, fields: z.ZodType, answer: z.ZodType): ApiRoute => ({
    path: `/v1/${path}`,
    summary,
    open: false,
    scope,
    fields,
    answer,
  });
/** Routes for keys that may manage, and for operators; `path` without `/v1/`. */
export const manage = closed("manage");
export const operator = closed("operator");

/** A page of a list. */
export const page = {
  limit: count.optional().describe("1 to 500."),
  cursor: text.optional().describe("`next` of the page before."),
};
