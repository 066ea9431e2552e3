/**
 * The tokens that let workers in: the server's own, which lies in the data folder and is the built-in worker's, and those that operators
 * make, best one for each machine. The store has hashes only. One that is revoked ends its connections at once.
 */
import { createHash, randomBytes } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { apiError, type Log, type WorkerTokenRow } from "@modelyard/contract";
import { note, OPERATORS } from "../audit-log/service.ts";
import type { Bus } from "../bus/bus.ts";
import type { Database } from "../db/database.ts";
import { textField } from "../http/fields.ts";
import type { Registry } from "./registry.ts";
import type { Asked } from "./service-operate.ts";
import * as store from "./store.ts";

export const TOKEN_REVOKED_TOPIC = "worker-token-revoked";
export interface TokenRevoked {
  hash: string;
}

/** The name of the server's own. */
const OWN = "built-in";
/** Characters of a hash that name its token to people. */
const ID_LENGTH = 12;

export interface WorkerTokens {
  /** The server's own, as it is now. */
  readonly own: string;
  /** Is told the server's own when there is a new one. */
  onOwn(listener: (token: string) => void): void;
  list(): Promise<WorkerTokenRow[]>;
  create(asked: Asked): Promise<{ id: string; token: string }>;
  /** The server's own gets a successor before it goes. */
  revoke(asked: Asked): Promise<void>;
}

export function workerTokenHash(token: string): string {
  return createHash("sha256").update(`worker:${token}`).digest("hex");
}

const newToken = () => randomBytes(32).toString("base64url");
const idOf = (hash: string) => hash.slice(0, ID_LENGTH);

/** Reads the server's own, or makes it; others of its name, of which the file holds nothing any more, are revoked. */
export async function openWorkerTokens(deps: {
  db: Database;
  bus: Bus;
  registry: Registry;
  dataDir: string;
  log: Log;
}): Promise<WorkerTokens> {
  const { db, bus, registry, dataDir, log } = deps;
  const file = join(dataDir, "worker-token");
  const listeners: ((token: string) => void)[] = [];

  function keep(token: string): string {
    writeFileSync(`${file}.new`, `${token}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
    return token;
  }

  /** False where it was revoked. */
  const admitOwn = (token: string): Promise<boolean> =>
    db.write((tx) => store.admitToken(tx, { hash: workerTokenHash(token), name: OWN }));

  let own = existsSync(file) ? readFileSync(file, "utf8").trim() : keep(newToken());
  // One that was revoked, such as that of a restored backup, must not come to life again.
  if (!(await admitOwn(own))) {
    own = keep(newToken());
    await admitOwn(own);
  }
  // Nobody is connected yet.
  const old = await db.write((tx) => store.revokeOthers(tx, { hash: workerTokenHash(own), name: OWN }));
  if (old > 0) log("the built-in worker's token is another one now; the one before lets nobody in any more");

  return {
    get own() {
      return own;
    },
    onOwn: (listener) => void listeners.push(listener),
    async list() {
      const rows = await store.tokens(db);
      const held = Map.groupBy(registry.all(), ({ tokenHash }) => tokenHash);
      return rows.map(({ token_hash: hash, name, created_at, revoked_at }) => ({
        id: idOf(hash),
        name,
        createtime: String(Math.floor(created_at / 1000)),
        revoketime: String(Math.floor((revoked_at ?? 0) / 1000)),
        workers: String(held.get(hash)?.length ?? 0),
      }));
    },
    async create({ fields, actor }) {
      const name = textField(fields, "name")?.trim() ?? "";
      if (name === "") throw apiError("parameterRequired", "name");
      if (!/^[\w.-]{1,60}$/.test(name) || name === OWN)
        throw apiError("fieldInvalid", "name", "must be 1 to 60 letters, digits, dots, dashes, and not built-in");
      const token = newToken();
      const hash = workerTokenHash(token);
      await db.write(async (tx) => {
        await store.admitToken(tx, { hash, name });
        await note(tx, {
          accountId: OPERATORS,
          actor,
          action: "worker-token-create",
          target: name,
          outcome: idOf(hash),
        });
      });
      return { id: idOf(hash), token };
    },
    async revoke({ fields, actor }) {
      const id = textField(fields, "id") ?? "";
      const rows = await store.tokens(db);
      const row = rows.find(({ token_hash }) => id !== "" && idOf(token_hash) === id);
      if (!row) throw apiError("workerTokenNotExist");
      if (row.revoked_at !== null) return;
      if (row.token_hash === workerTokenHash(own)) {
        // Whoever uses it has the new one, and may, before the old one's connections end.
        const successor = newToken();
        await admitOwn(successor);
        own = keep(successor);
        for (const tell of listeners) tell(own);
      }
      await db.write(async (tx) => {
        await store.revokeToken(tx, row.token_hash);
        await note(tx, { accountId: OPERATORS, actor, action: "worker-token-revoke", target: row.name, outcome: id });
        tx.afterCommit(() => bus.publish(TOKEN_REVOKED_TOPIC, { hash: row.token_hash } satisfies TokenRevoked));
      });
    },
  };
}
