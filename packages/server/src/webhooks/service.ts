/** Callbacks as other rooms and callers see them. Sending them is deliverer.ts. */
import { randomBytes, randomInt } from "node:crypto";
import { apiError, type Callback } from "@modelyard/contract";
import type { Bus } from "../bus/bus.ts";
import type { Database, Tx } from "../db/database.ts";
import { newToken } from "../http/tokens.ts";
import type { Seal } from "../projects/seal.ts";
import type { Principal } from "../projects/service.ts";
import { hostOf } from "./policy.ts";
import { presentCallback } from "./present.ts";
import * as store from "./store.ts";

/** Topic that says: a callback is due. */
export const CALLBACK_TOPIC = "callback";
/** How long a replaced secret goes on signing beside its successor, in milliseconds. */
const OVERLAP_MS = 24 * 60 * 60 * 1000;

/** Inside the unit that ends a task: its callback is owed from now on, whatever becomes of this server. */
export async function oweCallback(
  tx: Tx,
  bus: Bus,
  task: { id: number; accountId: number; projectId: number; url: string; base: string },
): Promise<void> {
  await store.insertCallback(tx, {
    task_id: task.id,
    account_id: task.accountId,
    project_id: task.projectId,
    message_id: `msg_${newToken()}`,
    url: task.url,
    host: hostOf(task.url),
    base: task.base,
  });
  tx.afterCommit(() => bus.publish(CALLBACK_TOPIC, null));
}

/** Owes a callback that is about no task: signed, tried and logged like the others. */
export async function oweNotice(
  tx: Tx,
  bus: Bus,
  notice: { accountId: number; projectId: number; url: string; body: object },
): Promise<void> {
  await store.insertNotice(tx, {
    task_id: -randomInt(1, 2 ** 48 - 1),
    account_id: notice.accountId,
    project_id: notice.projectId,
    message_id: `msg_${newToken()}`,
    url: notice.url,
    host: hostOf(notice.url),
    base: "",
    body: JSON.stringify(notice.body),
  });
  tx.afterCommit(() => bus.publish(CALLBACK_TOPIC, null));
}

export interface Webhooks {
  /** Secrets that messages of this project are signed with now, the current one first; the first is made when it is needed. */
  secrets(projectId: number): Promise<string[]>;
  /** The current secret; with `rotate` a new one. */
  secret(principal: Principal, options: { rotate: boolean }): Promise<string>;
  list(
    principal: Principal,
    query: {
      taskId: number | undefined;
      start: number;
      limit: number;
      /** What is sent about the task, with its files below this base ("" = the caller's); left out where it is not to be shown. */
      bodyOf?: ((base: string) => Promise<string>) | undefined;
    },
  ): Promise<{ total: number; callbacks: Callback[] }>;
  /** Sends the task's callback again from the first attempt on; throws the catalogue's error where that cannot be. */
  replay(principal: Principal, taskId: number): Promise<void>;
}

export function createWebhooks({ db, bus, seal }: { db: Database; bus: Bus; seal: Seal }): Webhooks {
  const owner = (projectId: number) => `callback:${projectId}`;

  async function make(projectId: number, n: number): Promise<void> {
    const sealed = seal.seal(`whsec_${randomBytes(32).toString("base64")}`, owner(projectId));
    await db.write((tx) => store.addSecret(tx, { projectId, n, sealed, endsAt: tx.now + OVERLAP_MS }));
  }

  async function secrets(projectId: number): Promise<string[]> {
    let rows = await store.secretsOf(db, projectId, await db.now());
    if (rows.length === 0) {
      await make(projectId, 1);
      rows = await store.secretsOf(db, projectId, await db.now());
    }
    return rows.map(({ sealed }) => seal.open(sealed, owner(projectId)));
  }

  return {
    secrets,
    async secret({ projectId }, { rotate }) {
      if (rotate) {
        const [current] = await store.secretsOf(db, projectId, await db.now());
        await make(projectId, (current?.n ?? 0) + 1);
      }
      return (await secrets(projectId))[0] as string;
    },
    async list({ accountId }, { bodyOf, ...query }) {
      const { total, rows, attempts } = await store.listCallbacks(db, { accountId, ...query });
      const byCallback = Map.groupBy(attempts, (attempt) => attempt.callback_id);
      const callbacks = rows.map(async (row) =>
        presentCallback(row, byCallback.get(row.id) ?? [], row.body ?? (await bodyOf?.(row.base))),
      );
      return { total, callbacks: await Promise.all(callbacks) };
    },
    async replay({ accountId }, taskId) {
      const done = await db.write(async (tx) => {
        const begun = await store.replay(tx, { taskId, accountId });
        if (begun) tx.afterCommit(() => bus.publish(CALLBACK_TOPIC, null));
        return begun;
      });
      if (done) return;
      const { total } = await store.listCallbacks(db, { accountId, taskId, start: 0, limit: 1 });
      throw apiError(total === 0 ? "callbackNotFound" : "callbackPending");
    },
  };
}

export async function dropClaims(tx: Tx): Promise<void> {
  await store.dropClaims(tx);
}
