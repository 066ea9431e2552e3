/** The tools of `/mcp` (contract/src/mcp.ts), each a call of the API. */

import { type CallToolResult, McpServer } from "@modelcontextprotocol/server";
import {
  apiError,
  type Log,
  MCP_TOOLS,
  type McpArguments,
  type McpTool,
  type McpToolName,
  type OutputFile,
  type Task,
  type Tool,
  type ToolDetail,
} from "@modelyard/contract";
import manifest from "../../package.json" with { type: "json" };
import { type ApiCaller, Refused } from "./api-caller.ts";
import { briefModel, briefRun, filesOf, fullModel, fullRun } from "./present.ts";

/** Pictures up to this many bytes come with the answer, this many of them. */
const SHOWN_BYTES = 1_000_000;
const SHOWN_PICTURES = 4;

const INSTRUCTIONS =
  "Runs the AI models of this Modelyard server. Find a model with search_models, read its inputs with get_model, then run_model. Runs cost the caller's money: quote_run says how much before. Searching needs no key; everything else needs a project's key that works without a signature.";

/** `owner/slug` as the fields of the API. */
function slugs(model: string): { slugowner: string; slugproject: string } {
  const [slugowner = "", ...rest] = model.split("/");
  return { slugowner, slugproject: rest.join("/") };
}

function said(value: object, more: CallToolResult["content"] = []): CallToolResult {
  return { content: [{ type: "text", text: JSON.stringify(value, undefined, 1) }, ...more] };
}

type Tools = { [Name in McpToolName]: (given: McpArguments<Name>) => Promise<CallToolResult> };

function tools(api: ApiCaller): Tools {
  const taskOf = async (answer: Promise<{ tasklist: Task[] }>): Promise<Task> => {
    const [task] = (await answer).tasklist;
    if (!task) throw new Refused("There is no such run.");
    return task;
  };
  const detail = (taskid: string) => taskOf(api.ask("Task/Detail", { taskid }));

  async function filesAsContent(files: readonly OutputFile[]): Promise<CallToolResult["content"]> {
    const content: CallToolResult["content"] = [];
    let pictures = 0;
    for (const { name, contenttype: mimeType, size, url } of files) {
      const small = /^image\/(png|jpeg|webp|gif)$/.test(mimeType) && Number(size) <= SHOWN_BYTES;
      const bytes = small && pictures < SHOWN_PICTURES ? await api.bytes(url) : undefined;
      if (bytes) {
        pictures += 1;
        content.push({ type: "image", data: bytes.toString("base64"), mimeType });
      } else content.push({ type: "resource_link", uri: url, name, mimeType });
    }
    return content;
  }
  const run = async (task: Task) => said(fullRun(task), await filesAsContent(filesOf(task)));

  return {
    async search_models({ query, category, limit, start }) {
      const { tool, total } = await api.ask<{ tool: Tool[]; total: number }>("Tool/List", {
        search: query,
        ...(category === "" ? {} : { categories: [category] }),
        ...(query === "" ? { sort: "runs" } : {}),
        start,
        limit,
      });
      return said({ total, models: tool.map(briefModel) });
    },
    async get_model({ model }) {
      const { tool } = await api.ask<{ tool: [ToolDetail] }>("Tool/Detail", slugs(model));
      return said(fullModel(tool[0]));
    },
    async quote_run({ model, inputs }) {
      const { quote } = await api.ask<{ quote: object }>("Tool/Quote", { ...inputs, ...slugs(model) });
      return said(quote);
    },
    async run_model({ model, inputs, wait_seconds, idempotency_key }) {
      const { slugowner, slugproject } = slugs(model);
      const path = `Run/${encodeURIComponent(slugowner)}/${encodeURIComponent(slugproject)}`;
      const answer = await api.ask<{ taskid: string } | { tasklist: Task[] }>(path, inputs, {
        ...(wait_seconds > 0 ? { prefer: `wait=${wait_seconds}` } : {}),
        ...(idempotency_key === "" ? {} : { "idempotency-key": idempotency_key }),
      });
      const [task] = "tasklist" in answer ? answer.tasklist : [];
      return run(task ?? (await detail((answer as { taskid: string }).taskid)));
    },
    get_run: async ({ taskid }) => run(await detail(taskid)),
    async stop_run({ taskid }) {
      await api.ask("Task/Kill", { taskid });
      return said(briefRun(await detail(taskid)));
    },
    async list_runs({ limit, status, before }) {
      const { tasklist } = await api.ask<{ tasklist: Task[] }>("Task/List", {
        limit,
        ...(status === undefined ? {} : { status }),
        ...(before === "" ? {} : { before }),
      });
      return said({ runs: tasklist.map(briefRun) });
    },
    async upload_file({ name, base64 }) {
      const form = new FormData();
      form.append("file", new Blob([Buffer.from(base64, "base64")]), name);
      const { list } = await api.ask<{ list: { url: string; size: string }[] }>("File/Upload", form);
      return said({ url: list[0]?.url, bytes: Number(list[0]?.size) });
    },
  };
}

/** What went wrong where, without the message: it may hold what was sent. */
function whereOf({ name, stack = "" }: Error): string {
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line));
  return [name, ...frames.slice(0, 5)].join("\n");
}

/** A server for one request: it calls the API in the name of that request. */
export function mcpServer(api: ApiCaller, log: Log): McpServer {
  const server = new McpServer(
    { name: "modelyard", title: "Modelyard", version: manifest.version },
    { instructions: INSTRUCTIONS },
  );
  const own = tools(api);
  for (const name of Object.keys(MCP_TOOLS) as McpToolName[]) {
    const { title, description, readOnly, arguments: inputSchema }: McpTool = MCP_TOOLS[name];
    const act = own[name] as (given: unknown) => Promise<CallToolResult>;
    const annotations = { readOnlyHint: readOnly, destructiveHint: name === "stop_run", openWorldHint: false };
    server.registerTool(name, { title, description, inputSchema, annotations }, async (given: unknown) => {
      try {
        return await act(given);
      } catch (error) {
        if (!(error instanceof Refused)) log(`mcp: ${name} failed: ${whereOf(error as Error)}`);
        const { message } = error instanceof Refused ? error : apiError("internal");
        return { content: [{ type: "text", text: message }], isError: true };
      }
    });
  }
  return server;
}
