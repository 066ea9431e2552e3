/**
 * What an agent can call over the Model Context Protocol (`/mcp`): name, words for the agent, and the arguments of each tool.
 * The server answers with what the same calls of the API answer, in fewer words.
 */
import { z } from "zod";

const model = z.string().describe("owner/slug, as search_models names it.");
const taskid = z.string().describe("The number of the run, as run_model and list_runs name it.");
const inputs = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]))
  .default({})
  .describe("Values by the ids that get_model lists. Files as http(s) addresses, several as a list; see upload_file.");

/** Seconds that a run is waited for, at most. */
export const MCP_LONGEST_WAIT_S = 300;
/** Bytes of a file that comes as base64. */
export const MCP_LARGEST_UPLOAD = 2 * 1024 * 1024;

export interface McpTool {
  title: string;
  description: string;
  /** It changes nothing. */
  readOnly: boolean;
  arguments: z.ZodObject;
}

export const MCP_TOOLS = {
  search_models: {
    title: "Search models",
    description: "Lists the AI models of this server, with what they do, take, make and cost. Needs no key.",
    readOnly: true,
    arguments: z.strictObject({
      query: z.string().default("").describe("Words that all have to fit: a task, a name, a kind of file."),
      category: z.string().default("").describe("Such as text-to-image, speech-to-text, llm, app."),
      limit: z.number().int().min(1).max(50).default(10),
      start: z.number().int().min(0).default(0).describe("How many to skip."),
    }),
  },
  get_model: {
    title: "A model's inputs and price",
    description:
      "The inputs of one model with their ids, kinds, limits and defaults, its price, and samples. Needs no key.",
    readOnly: true,
    arguments: z.strictObject({ model }),
  },
  quote_run: {
    title: "What would it cost",
    description: "The price of a run with these inputs, before it is run. Nothing is charged.",
    readOnly: true,
    arguments: z.strictObject({ model, inputs }),
  },
  run_model: {
    title: "Run a model",
    description:
      "Runs a model and returns what it made: text, and addresses of files; small pictures are included. It costs what quote_run says, and nothing if it fails. A run that takes longer than wait_seconds goes on: ask get_run.",
    readOnly: false,
    arguments: z.strictObject({
      model,
      inputs,
      wait_seconds: z.number().int().min(0).max(MCP_LONGEST_WAIT_S).default(60),
      idempotency_key: z
        .string()
        .regex(/^[\x21-\x7e]{0,255}$/)
        .default("")
        .describe("Repeat a call with the same key and the same inputs after a lost answer: it runs, and costs, once."),
    }),
  },
  get_run: {
    title: "State and results of a run",
    description: "Where a run is, and once it has ended what it made and cost.",
    readOnly: true,
    arguments: z.strictObject({ taskid }),
  },
  stop_run: {
    title: "Stop a run",
    description: "Ends a run, whether it waits or runs. It costs nothing then.",
    readOnly: false,
    arguments: z.strictObject({ taskid }),
  },
  list_runs: {
    title: "List runs",
    description: "Latest runs of the account, newest first.",
    readOnly: true,
    arguments: z.strictObject({
      limit: z.number().int().min(1).max(50).default(10),
      status: z.enum(["active", "done", "failed", "cancelled"]).optional(),
      before: z.string().default("").describe("Only runs with a smaller number: the last one of the page before."),
    }),
  },
  upload_file: {
    title: "Upload a file",
    description: "Stores a file and returns its address, for use as an input.",
    readOnly: false,
    arguments: z.strictObject({
      name: z.string().min(1).max(120).describe("With its extension, such as photo.jpg."),
      base64: z
        .string()
        .max(Math.ceil(MCP_LARGEST_UPLOAD / 3) * 4)
        .describe("The file's bytes, at most 2 MiB; larger ones are uploaded with File/Upload of the API."),
    }),
  },
} as const satisfies Record<string, McpTool>;

export type McpToolName = keyof typeof MCP_TOOLS;
/** Arguments of a tool after its defaults were filled in. */
export type McpArguments<Name extends McpToolName> = z.output<(typeof MCP_TOOLS)[Name]["arguments"]>;
