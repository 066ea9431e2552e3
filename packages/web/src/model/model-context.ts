/** The part of WebMCP that this app uses, as of the draft of August 2026: tools are registered with the document until a signal ends them. */

export interface AgentAnswer {
  content: { type: "text"; text: string }[];
}

interface AgentToolDescription {
  name: string;
  title: string;
  description: string;
  /** JSON Schema. */
  inputSchema: Record<string, unknown>;
  execute: (input: unknown) => Promise<AgentAnswer>;
  annotations: {
    /** It changes nothing. */
    readOnlyHint: boolean;
    /** Its answer has what others wrote: here, a model. */
    untrustedContentHint: boolean;
  };
}

interface ModelContext {
  registerTool(tool: AgentToolDescription, options: { signal: AbortSignal }): unknown;
}

/** Undefined where the browser has no such tools. */
export function modelContext(): ModelContext | undefined {
  return (document as { modelContext?: ModelContext }).modelContext;
}
