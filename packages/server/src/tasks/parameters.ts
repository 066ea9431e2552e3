/** What was sent for a run, as its record keeps it. */
import { type FileValue, isFileValue } from "@modelyard/contract";
import { filePath } from "../files/service.ts";
import { FILE_KEY } from "./present.ts";

/** A file that came with the request, stored before the task exists. */
export interface ReceivedFile extends FileValue {
  /** Promised part of its address. */
  accessKey: string;
}

/** Fields of a run that are not model parameters. */
const OWN_FIELDS = new Set(["callbackUrl", "projectid"]);

export function isReceived(value: unknown): value is { file: ReceivedFile } {
  return isFileValue(value) && "accessKey" in value.file;
}

/** The value as it was sent, files replaced by a reference that becomes their address when the task is shown. */
function echo(value: unknown): unknown {
  if (isReceived(value)) return { [FILE_KEY]: filePath(value.file) };
  if (isFileValue(value)) return value.file.name;
  if (Array.isArray(value)) return value.map(echo);
  if (typeof value === "string") return value.toWellFormed().replaceAll("\0", "");
  return value;
}

/** Own enumerable fields only, without the names that could reach a prototype. */
export function parametersOf(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(fields).filter(([name]) => !OWN_FIELDS.has(name) && name !== "__proto__");
  return Object.fromEntries(entries.map(([name, value]) => [name, echo(value)]));
}
