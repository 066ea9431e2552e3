/**
 * Reading a line of a model as a ServiceMessage, by hand: 1 µs a line where the zod schema takes 5. The schema in contract is the
 * definition; the test runs both over the same lines and over random ones.
 */
import type { ServiceMessage } from "@modelyard/contract";

type Fields = Record<string, unknown>;

/** The message, or undefined for a line that is not one (it is then a log line). Unknown fields are dropped. */
export function parseServiceMessage(line: string): ServiceMessage | undefined {
  // The cheapest of all tests first: most lines of most programs are not JSON.
  const start = line.trimStart();
  if (start.charCodeAt(0) !== 123 || !start.includes('"type"')) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  return checkServiceMessage(value);
}

/** The same check as `ServiceMessage.safeParse(value).data`. */
function checkServiceMessage(value: unknown): ServiceMessage | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const fields = value as Fields;
  switch (fields.type) {
    case "ready":
      return { type: "ready" };
    case "done":
      if (!isId(fields.id) || !isText(fields.text)) return undefined;
      return fields.text === undefined
        ? { type: "done", id: fields.id }
        : { type: "done", id: fields.id, text: fields.text };
    case "token":
      return token(fields);
    case "progress":
      return progress(fields);
    case "usage":
      return usage(fields);
    case "error":
      if (!isId(fields.id) || typeof fields.message !== "string" || fields.message.length > 4000) return undefined;
      return { type: "error", id: fields.id, message: fields.message };
    case "log": {
      const { id, stream = "stdout", text } = fields;
      if (!isOptionalId(id) || typeof text !== "string" || (stream !== "stdout" && stream !== "stderr"))
        return undefined;
      return { type: "log", ...(id === undefined ? {} : { id }), stream, text };
    }
    default:
      return undefined;
  }
}

function token({ id, text, thinking }: Fields): ServiceMessage | undefined {
  if (!isOptionalId(id) || typeof text !== "string" || (thinking !== undefined && typeof thinking !== "boolean"))
    return undefined;
  return { type: "token", ...(id === undefined ? {} : { id }), text, ...(thinking === undefined ? {} : { thinking }) };
}

const NUMBERS = ["step", "total", "speed", "elapsed", "remaining"] as const;

function progress(fields: Fields): ServiceMessage | undefined {
  const { id, percentage, task, speedType } = fields;
  if (!isOptionalId(id) || typeof percentage !== "number" || !(percentage >= 0 && percentage <= 100)) return undefined;
  if (!isText(task) || (task?.length ?? 0) > 200 || !isText(speedType) || (speedType?.length ?? 0) > 40)
    return undefined;
  const message: Extract<ServiceMessage, { type: "progress" }> = { type: "progress", percentage };
  if (id !== undefined) message.id = id;
  if (task !== undefined) message.task = task;
  if (speedType !== undefined) message.speedType = speedType;
  for (const name of NUMBERS) {
    const number = fields[name];
    if (number === undefined) continue;
    if (typeof number !== "number" || !Number.isFinite(number)) return undefined;
    message[name] = number;
  }
  return message;
}

function usage({ id, tokens, turns, usd }: Fields): ServiceMessage | undefined {
  if (!isOptionalId(id) || !isCount(tokens) || !isCount(turns) || !isText(usd) || (usd?.length ?? 0) > 40)
    return undefined;
  return {
    type: "usage",
    ...(id === undefined ? {} : { id }),
    ...(tokens === undefined ? {} : { tokens }),
    ...(turns === undefined ? {} : { turns }),
    ...(usd === undefined ? {} : { usd }),
  };
}

function isCount(value: unknown): value is number | undefined {
  return value === undefined || (typeof value === "number" && Number.isFinite(value));
}

function isId(value: unknown): value is string {
  return typeof value === "string" && value.length >= 1 && value.length <= 100;
}

function isOptionalId(value: unknown): value is string | undefined {
  return value === undefined || isId(value);
}

function isText(value: unknown): value is string | undefined {
  return value === undefined || typeof value === "string";
}
