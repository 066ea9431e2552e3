/** What server and worker say to their operator; the command line prints it, as text or as JSON (cli/log.ts). */

/**
 * What a line is about, beside its text. Ids and names only: neither here nor in the text is there an input, an output, a key, a token, a
 * password or an address that opens something (S7, e2e/canaries.test.ts).
 */
export interface LogFacts {
  /** Default: info. `warn`: somebody should look; `error`: something that should have happened did not. */
  level?: LogLevel;
  task?: string | number;
  worker?: string;
  /** `owner/slug`. */
  model?: string;
}

export type LogLevel = "info" | "warn" | "error";

export type Log = (message: string, facts?: LogFacts) => void;
