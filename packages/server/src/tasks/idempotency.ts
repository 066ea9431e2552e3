/**
 * `Idempotency-Key` on Run: the same request under the same key of a project gives the same task, for a day. The key is taken in
 * the unit of work that makes the task, before anything else in it, so that of any number of equal requests one makes the task
 * and the others wait for it.
 */
import { createHash } from "node:crypto";
import { apiError, isFileValue, type Log } from "@modelyard/contract";
import type { Database, Tx } from "../db/database.ts";

/** How long a key is remembered, in milliseconds. */
export const KEY_MS = 24 * 60 * 60 * 1000;
const LONGEST = 255;

export interface RunKey {
  key: string;
  /** Of model and fields; files count by their bytes. */
  hash: string;
}

/** The header's key, or undefined where none was sent. */
export function idempotencyKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (
    typeof header !== "string" ||
    header.length > LONGEST ||
    !/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(header)
  ) {
    throw apiError("idempotencyKeyInvalid");
  }
  return header;
}

/** The same for equal values, whatever the order of their fields. */
function canonical(value: unknown, hashes: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return ["list", value.map((item) => canonical(item, hashes))];
  if (typeof value !== "object" || value === null) return value;
  if (isFileValue(value)) return ["file", value.file.name, hashes.get(value.file.ref) ?? value.file.ref];
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return ["fields", entries.map(([name, item]) => [name, canonical(item, hashes)])];
}

export function runKey(request: {
  key: string;
  modelId: number;
  fields: Record<string, unknown>;
  /** Hashes of the files' bytes by `ref`. */
  hashes: ReadonlyMap<string, string>;
}): RunKey {
  const { key, modelId, fields, hashes } = request;
  const hash = createHash("sha256")
    .update(JSON.stringify([modelId, canonical(fields, hashes)]))
    .digest("hex");
  return { key, hash };
}

/**
 * Takes the key for the task that this unit is about to make, or names the task that it was taken for. On PostgreSQL it waits for
 * a unit that is just taking the same key. Throws the catalogue's error where the key stands for another request.
 */
export async function takeKey(
  tx: Tx,
  projectId: number,
  { key, hash }: RunKey,
): Promise<{ taskId: number; token: string } | undefined> {
  const taken = await tx.run(
    `insert into idempotency_key (project_id, key, request_hash, task_id, created_at) values (?, ?, ?, 0, ?)
     on conflict (project_id, key) do update set request_hash = excluded.request_hash, task_id = 0, created_at = excluded.created_at
     where idempotency_key.created_at <= ?`,
    [projectId, key, hash, tx.now, tx.now - KEY_MS],
  );
  if (taken > 0) return undefined;
  const rows = await tx.all<{ request_hash: string; id: number; token: string }>(
    "select k.request_hash, t.id, t.token from idempotency_key k join task t on t.id = k.task_id where k.project_id = ? and k.key = ?",
    [projectId, key],
  );
  const row = rows[0];
  if (!row) throw new Error("an idempotency key stands for no task");
  if (row.request_hash !== hash) throw apiError("idempotencyKeyReused");
  return { taskId: row.id, token: row.token };
}

export async function nameTask(tx: Tx, projectId: number, key: string, taskId: number): Promise<void> {
  await tx.run("update idempotency_key set task_id = ? where project_id = ? and key = ?", [taskId, projectId, key]);
}

const FORGET_EVERY_MS = 10 * 60 * 1000;

/** Forgets the keys that are too old to count, at once and from time to time. */
export function forgetKeysNowAndThen(db: Database, log: Log): { stop(): Promise<void> } {
  const forget = () =>
    db
      .write((tx) => tx.run("delete from idempotency_key where created_at <= ?", [tx.now - KEY_MS]))
      .catch((error: unknown) => log(`idempotency keys: ${String(error)}`, { level: "error" }));
  let last = forget();
  const timer = setInterval(() => (last = forget()), FORGET_EVERY_MS);
  return {
    async stop() {
      clearInterval(timer);
      await last;
    },
  };
}
