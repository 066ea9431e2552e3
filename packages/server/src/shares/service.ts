/** Links with which anybody can see one run. Whoever has opened one knows the addresses of its files; revoking ends the link alone. */
import { createHash } from "node:crypto";
import { apiError, type Share, type SharedRun } from "@modelyard/contract";
import type { Database, Tx } from "../db/database.ts";
import type { Call } from "../http/authenticated.ts";
import type { Fields } from "../http/body.ts";
import { flagField, requiredId, textField, wholeField } from "../http/fields.ts";
import { newToken } from "../http/tokens.ts";
import type { Models } from "../models/service.ts";
import type { Seal } from "../projects/seal.ts";
import type { Tasks } from "../tasks/service.ts";
import { presentShare, presentSharedRun } from "./present.ts";
import * as store from "./store.ts";

export interface Shares {
  create(call: Call): Promise<Share>;
  list(call: Call): Promise<Share[]>;
  revoke(call: Call): Promise<void>;
  /** `filesBase`: where the run's files are served. Throws shareNotExist. */
  open(fields: Fields, filesBase: string): Promise<SharedRun>;
  /** All links of an account, which is deleted in this unit of work. */
  forget(tx: Tx, accountId: number): Promise<void>;
}

export interface SharesDeps {
  db: Database;
  seal: Seal;
  tasks: Tasks;
  models: Models;
}

/** Links of one run at a time. */
const MOST = 50;
/** The year 9999 in unix seconds. */
const LATEST_S = 253_402_300_799;

const hashOf = (token: string): string => createHash("sha256").update(`share:${token}`).digest("hex");
/** A token opens under its own run alone. */
const ownerOf = (taskId: number): string => `share:${taskId}`;

export function createShares({ db, seal, tasks, models }: SharesDeps): Shares {
  const urlOf = (row: store.ShareRow, base: string) =>
    `${base}/shared/${seal.open(row.token_sealed, ownerOf(Number(row.task_id)))}`;
  /** The caller's own task: a foreign one is answered like none. */
  const taskOf = async ({ principal, fields, base }: Call) => {
    const taskid = requiredId(fields, "taskid");
    return Number((await tasks.detail(principal, { taskid: String(taskid) }, base)).id);
  };
  const sharesOf = async (call: Call, taskId: number) =>
    store.sharesOf(db, { accountId: call.principal.accountId, taskId, now: await db.now() });

  return {
    async create(call) {
      const { fields, principal, base } = call;
      const taskId = await taskOf(call);
      const expires = wholeField(fields, "expires", { min: 0, max: LATEST_S }) ?? 0;
      const now = await db.now();
      if (expires !== 0 && expires * 1000 <= now)
        throw apiError("fieldInvalid", "expires", "must be in the future, or 0");
      if ((await sharesOf(call, taskId)).length >= MOST) throw apiError("sharesTooMany", MOST);
      const token = newToken();
      await db.write((tx) =>
        store.addShare(tx, {
          task_id: taskId,
          account_id: principal.accountId,
          token_hash: hashOf(token),
          token_sealed: seal.seal(token, ownerOf(taskId)),
          hide_inputs: flagField(fields, "hideinputs") ? 1 : 0,
          expires_at: expires === 0 ? null : expires * 1000,
        }),
      );
      const row = await store.shareByHash(db, hashOf(token), now);
      if (!row) throw apiError("shareNotExist");
      return presentShare(row, urlOf(row, base));
    },
    async list(call) {
      const rows = await sharesOf(call, await taskOf(call));
      return rows.map((row) => presentShare(row, urlOf(row, call.base)));
    },
    async revoke({ fields, principal }) {
      const id = requiredId(fields, "shareid");
      if (!(await db.write((tx) => store.removeShare(tx, { id, accountId: principal.accountId }))))
        throw apiError("shareNotExist");
    },
    async open(fields, filesBase) {
      const token = textField(fields, "token") ?? "";
      const row = /^[A-Za-z0-9]{30}$/.test(token)
        ? await store.shareByHash(db, hashOf(token), await db.now())
        : undefined;
      if (!row) throw apiError("shareNotExist");
      const principal = {
        accountId: Number(row.account_id),
        accountUuid: row.uuid,
        projectId: 0,
        kind: "account" as const,
        keyId: 0,
        models: undefined,
        caps: 0,
        isOperator: false,
        actorUuid: row.uuid,
        memberId: 0,
      };
      const task = await tasks.detail(principal, { taskid: String(row.task_id) }, filesBase);
      const title = models.byId(Number(task.modelid))?.manifest.title ?? task.modelslugproject;
      return presentSharedRun(task, { title, hideInputs: Number(row.hide_inputs) === 1 });
    },
    forget: (tx, accountId) => store.removeSharesOf(tx, accountId),
  };
}
