/** A browser as the account routes see it: it keeps its cookie, says where it comes from, and calls the API with a bearer token. */
import assert from "node:assert/strict";
import { ACCOUNT_ROUTES, API_ROUTES, Failure } from "@modelyard/contract";

export interface VisitorAnswer {
  status: number;
  headers: Headers;
  // The tests look into it; it was parsed with the contract's schema.
  // biome-ignore lint/suspicious/noExplicitAny: the shape is checked when it comes in
  body: any;
}

export interface TestVisitor {
  /** `Name=value` of the session, "" = none. */
  cookie: string;
  /** POST `/account/<name>` as JSON; success is parsed with the contract. */
  account(name: string, fields?: object, headers?: Record<string, string>): Promise<VisitorAnswer>;
  /** POST `/v1/<name>` with a fresh bearer token; success is parsed with the contract. */
  api(name: string, fields?: object): Promise<VisitorAnswer>;
  /** A bearer token of this session. */
  token(): Promise<string>;
}

const SCHEMAS = new Map([...ACCOUNT_ROUTES, ...API_ROUTES].map(({ path, answer }) => [path, answer]));

async function parsed(path: string, response: Response): Promise<VisitorAnswer> {
  const text = await response.text();
  const isJson = (response.headers.get("content-type") ?? "").startsWith("application/json");
  const body: unknown = isJson ? JSON.parse(text) : text;
  if (isJson) {
    const failed = typeof body === "object" && body !== null && "result" in body && body.result === false;
    const schema = failed ? Failure : SCHEMAS.get(path);
    const checked = schema?.safeParse(body);
    assert.ok(!checked || checked.success, `${path}: ${checked?.error?.message}\n${text}`);
  }
  return { status: response.status, headers: response.headers, body };
}

export async function apiCall(
  url: string,
  name: string,
  fields: object,
  headers: Record<string, string>,
): Promise<VisitorAnswer> {
  const response = await fetch(`${url}/v1/${name}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(fields),
  });
  const pattern = `/v1/${name.replace(/^Run\/[^/]+\/[^/]+/, "Run/{owner}/{model}")}`;
  return parsed(pattern, response);
}

export function visitor(url: string): TestVisitor {
  const self: TestVisitor = {
    cookie: "",
    async account(name, fields = {}, headers = {}) {
      const response = await fetch(`${url}/account/${name}`, {
        method: "POST",
        headers: { "content-type": "application/json", origin: url, cookie: self.cookie, ...headers },
        body: JSON.stringify(fields),
        redirect: "manual",
      });
      const [set] = response.headers.getSetCookie();
      if (set !== undefined) self.cookie = /^[^=]+=;/.test(set) ? "" : (set.split(";")[0] ?? "");
      return parsed(`/account/${name}`, response);
    },
    async token() {
      return (await self.account("Token")).body.token as string;
    },
    async api(name, fields = {}) {
      return apiCall(url, name, fields, { authorization: `Bearer ${await self.token()}` });
    },
  };
  return self;
}

/** The token in the link of a mail or log line. */
export function tokenIn(text: string): string {
  const token = /[?&]token=([\w-]{43})/.exec(text)?.[1];
  assert.ok(token, `no link in: ${text}`);
  return token;
}
