/** The log: one line a message, on stderr, because stdout is for what a command was asked for. */
import type { LogFacts } from "@modelyard/contract";

export const LOG_FORMATS = ["text", "json"] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

let format: LogFormat = "text";

/** For the rest of this process. */
export function setLogFormat(wanted: LogFormat): void {
  format = wanted;
}

export const isJsonLog = (): boolean => format === "json";

/**
 * A line, with its line break. JSON: time (ISO 8601, UTC),
 * level, part, the facts that are known, message.
 */
export function logLine(
  format: LogFormat,
  entry: { time: Date; part: string; message: string; facts: LogFacts },
): string {
  const { time, part, message } = entry;
  const { level = "info", task, worker, model } = entry.facts;
  if (format === "text") return `${time.toISOString()} ${part}: ${message}\n`;
  const facts = { ...(task === undefined ? {} : { task: String(task) }), worker, model };
  return `${JSON.stringify({ time: time.toISOString(), level, part, ...facts, message })}\n`;
}

export function log(part: string, message: string, facts: LogFacts = {}): void {
  process.stderr.write(logLine(format, { time: new Date(), part, message, facts }));
}
