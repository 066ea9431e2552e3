/** Projects and keys as their owner changes them. A foreign id is answered like one that does not exist. */
import { apiError, type NewKey, NoncePolicy, type Project, type ProjectKey } from "@modelyard/contract";
import { type Actor, note } from "../audit-log/service.ts";
import type { Database, Tx } from "../db/database.ts";
import type { Fields } from "../http/body.ts";
import { dollarsField, idField, oneOf, requiredId, wholeField } from "../http/fields.ts";
import { copyKeyCap, KEY_CAP, readCaps, removeCap, setCap } from "../ledger/service-caps.ts";
import {
  addressesField,
  alertField,
  capField,
  keyRules,
  LIMITS,
  modelsField,
  nameField,
  OVERLAP_S,
} from "./policy-keys.ts";
import { presentKey, presentNewKey, presentProject } from "./present.ts";
import type { Seal } from "./seal.ts";
import { BEARER_PREFIX, BROWSER_TOKEN, type Principal, type Projects } from "./service.ts";
import { issueKey, keyHash, newBearer, rulesRow } from "./service-keys.ts";
import { insertKey, insertProject, updateProject } from "./store.ts";
import * as store from "./store-manage.ts";

export interface ManageDeps {
  db: Database;
  seal: Seal;
  projects: Projects;
}

/** Who asks, with what. */
export interface Asked {
  principal: Principal;
  fields: Fields;
  actor: Actor;
}

export interface ProjectManager {
  detail(asked: Asked): Promise<Project>;
  create(asked: Asked): Promise<{ project: Project; key: NewKey }>;
  update(asked: Asked): Promise<Project>;
  createKey(asked: Asked): Promise<NewKey>;
  updateKey(asked: Asked): Promise<ProjectKey>;
  rotateKey(asked: Asked): Promise<NewKey>;
  revokeKey(asked: Asked): Promise<void>;
  /** A browser token; `expires` in unix milliseconds. */
  createToken(asked: Asked): Promise<{ id: number; token: string; expires: number }>;
  /** Ends a browser token. */
  revokeToken(asked: Asked): Promise<void>;
  /** Ends a project with its keys and tokens. */
  remove(asked: Asked): Promise<void>;
}

export function createProjectManager({ db, seal, projects }: ManageDeps): ProjectManager {
  async function ownProject(at: Database | Tx, { principal, fields }: Asked): Promise<store.OwnProjectRow> {
    const id = requiredId(fields, "projectid");
    const row = await store.ownProject(at, { id, accountId: principal.accountId });
    if (!row) throw apiError("projectNotExist");
    return row;
  }

  async function ownKey(tx: Tx, { principal, fields }: Asked) {
    const row = await store.ownKey(tx, { id: requiredId(fields, "keyid"), accountId: principal.accountId });
    if (!row) throw apiError("keyNotExist");
    return row;
  }

  async function presented(at: Database | Tx, row: store.OwnProjectRow): Promise<Project> {
    const caps = await readCaps(at, row.id);
    const keys = await store.keysOf(at, row.id);
    const now = Date.now();
    return presentProject(
      row,
      keys.map((key) => presentKey(key, caps.keys.get(key.id) ?? null, now)),
      caps.project,
    );
  }

  async function presentedKey(tx: Tx, keyId: number, accountId: number): Promise<ProjectKey> {
    const row = await store.ownKey(tx, { id: keyId, accountId });
    if (!row) throw apiError("keyNotExist");
    const caps = await readCaps(tx, row.project_id);
    return presentKey(row, caps.keys.get(row.id) ?? null, tx.now);
  }

  async function changeCap(
    tx: Tx,
    { principal, fields }: Asked,
    of: { subject: "project" | "key"; id: number; isNew: boolean },
  ): Promise<void> {
    const { subject, id, isNew } = of;
    const cap = capField(fields);
    if (cap === undefined) return;
    if (cap === "none") await removeCap(tx, subject, id);
    else await setCap(tx, { subject, id, accountId: principal.accountId, ...cap }, { isNew });
  }

  /** One change of projects or keys: noted, and counted by this server from its commit on. */
  function change<Result>(asked: Asked, action: string, work: (tx: Tx) => Promise<{ target: string; result: Result }>) {
    return db.write(async (tx) => {
      const { target, result } = await work(tx);
      await note(tx, { accountId: asked.principal.accountId, actor: asked.actor, action, target });
      tx.afterCommit(projects.forgetKeys);
      return result;
    });
  }

  async function makeKey(
    tx: Tx,
    asked: Asked,
    project: { id: number; auth: "signature" | "apikey" },
    rules: Parameters<typeof issueKey>[2] | object,
  ): Promise<NewKey> {
    if ((await store.countKeys(tx, project.id)) >= LIMITS.keys) throw apiError("keysTooMany", LIMITS.keys);
    const issued = await issueKey(tx, seal, { ...rules, projectId: project.id, auth: project.auth });
    await changeCap(tx, asked, { subject: "key", id: issued.keyId, isNew: true });
    return presentNewKey(await presentedKey(tx, issued.keyId, asked.principal.accountId), issued);
  }

  return {
    async detail(asked) {
      return presented(db, await ownProject(db, asked));
    },

    create(asked) {
      const { fields, principal } = asked;
      const name = nameField(fields);
      if (name === undefined) throw apiError("parameterRequired", "name");
      const auth = oneOf(fields, "authmethod", ["signature", "apikey"] as const);
      if (auth === undefined) throw apiError("parameterRequired", "authmethod");
      return change(asked, "project.create", async (tx) => {
        const { accountId } = principal;
        if ((await store.countProjects(tx, accountId)) >= LIMITS.projects)
          throw apiError("keysTooMany", LIMITS.projects);
        const id = await insertProject(tx, { accountId, name, auth });
        await changeCap(tx, asked, { subject: "project", id, isNew: true });
        const { cap: _cap, ...rest } = fields;
        const key = await makeKey(tx, { ...asked, fields: rest }, { id, auth }, { name: "First key" });
        const row = (await store.ownProject(tx, { id, accountId })) as store.OwnProjectRow;
        return { target: `project ${id}`, result: { project: await presented(tx, row), key } };
      });
    },

    update(asked) {
      const { fields, principal } = asked;
      const name = nameField(fields);
      const noncePolicy = oneOf(fields, "noncepolicy", NoncePolicy.options);
      const ipAllow = addressesField(fields);
      const alertUrl = alertField(fields);
      return change(asked, "project.update", async (tx) => {
        const { id } = await ownProject(tx, asked);
        if (name !== undefined) await store.renameProject(tx, { id, accountId: principal.accountId, name });
        if (noncePolicy !== undefined || ipAllow !== undefined || alertUrl !== undefined) {
          await updateProject(tx, id, {
            ...(noncePolicy === undefined ? {} : { nonce_policy: noncePolicy }),
            ...(ipAllow === undefined ? {} : { ip_allow: JSON.stringify(ipAllow) }),
            ...(alertUrl === undefined ? {} : { alert_url: alertUrl }),
          });
        }
        await changeCap(tx, asked, { subject: "project", id, isNew: false });
        return { target: `project ${id}`, result: await presented(tx, await ownProject(tx, asked)) };
      });
    },

    createKey(asked) {
      const rules = keyRules(asked.fields, Date.now());
      return change(asked, "key.create", async (tx) => {
        const project = await ownProject(tx, asked);
        const key = await makeKey(tx, asked, project, rules);
        return { target: `key ${key.id} of project ${project.id}`, result: key };
      });
    },

    updateKey(asked) {
      const rules = rulesRow(keyRules(asked.fields, Date.now()));
      return change(asked, "key.update", async (tx) => {
        const row = await ownKey(tx, asked);
        if (row.revoked_at !== null) throw apiError("keyNotExist");
        await store.updateKey(tx, {
          ...row,
          name: rules.name ?? row.name,
          scopes: rules.scopes ?? row.scopes,
          models: rules.models ?? row.models,
          ip_allow: rules.ipAllow ?? row.ip_allow,
          expires_at: rules.expiresAt === undefined ? row.expires_at : rules.expiresAt,
        });
        await changeCap(tx, asked, { subject: "key", id: row.id, isNew: false });
        return { target: `key ${row.id}`, result: await presentedKey(tx, row.id, asked.principal.accountId) };
      });
    },

    rotateKey(asked) {
      const overlap = wholeField(asked.fields, "overlap", { min: 0, max: OVERLAP_S }) ?? 0;
      const { accountId } = asked.principal;
      return change(asked, "key.rotate", async (tx) => {
        const old = await ownKey(tx, asked);
        const isOver = old.revoked_at !== null || (old.expires_at !== null && old.expires_at <= tx.now);
        if (isOver) throw apiError("keyNotExist");
        const issued = await issueKey(tx, seal, {
          projectId: old.project_id,
          auth: old.auth,
          name: old.name,
          scopes: old.scopes.split(","),
          models: JSON.parse(old.models) as string[],
          ipAllow: JSON.parse(old.ip_allow) as string[],
          expiresAt: old.expires_at,
        });
        await copyKeyCap(tx, old.id, issued.keyId);
        const end = tx.now + overlap * 1000;
        if (overlap === 0) await store.revokeKey(tx, old);
        else await store.updateKey(tx, { ...old, expires_at: Math.min(old.expires_at ?? end, end) });
        const key = presentNewKey(await presentedKey(tx, issued.keyId, accountId), issued);
        return { target: `key ${old.id}, now ${issued.keyId}, overlap ${overlap} s`, result: key };
      });
    },

    revokeKey(asked) {
      return change(asked, "key.revoke", async (tx) => {
        const row = await ownKey(tx, asked);
        if (!(await store.revokeKey(tx, row))) throw apiError("keyNotExist");
        return { target: `key ${row.id}`, result: undefined };
      });
    },

    remove(asked) {
      return change(asked, "project.remove", async (tx) => {
        const { id } = await ownProject(tx, asked);
        await store.removeProject(tx, id);
        return { target: `project ${id}`, result: undefined };
      });
    },

    revokeToken(asked) {
      const id = idField(asked.fields, "id");
      if (id === undefined) throw apiError("parameterRequired", "id");
      return change(asked, "token.revoke", async (tx) => {
        if (!(await store.revokeToken(tx, { id, accountId: asked.principal.accountId }))) throw apiError("keyNotExist");
        return { target: `token ${id}`, result: undefined };
      });
    },

    createToken(asked) {
      const { fields, principal } = asked;
      const models = modelsField(fields);
      if (models === undefined || models.length === 0) throw apiError("parameterRequired", "models");
      const spend = dollarsField(fields, "spend");
      if (spend === undefined) throw apiError("parameterRequired", "spend");
      const minutes = wholeField(fields, "minutes", { min: 1, max: 1440 });
      if (minutes === undefined) throw apiError("parameterRequired", "minutes");
      // What the key itself must not do, its tokens must not do either; their spending would not count in its cap.
      const isWider = principal.models !== undefined && models.some((model) => !principal.models?.includes(model));
      // Nor is a token made by a member of an organisation: it would outlive the membership and spend beyond the member's cap.
      if (isWider || (principal.caps & KEY_CAP) !== 0 || principal.memberId !== 0) throw apiError("noPermission");
      const named = idField(fields, "projectid");
      const projectId = named ?? principal.projectId;
      if (projectId === 0) throw apiError("projectMissing");
      return change(asked, "token.create", async (tx) => {
        const project = await store.ownProject(tx, { id: projectId, accountId: principal.accountId });
        if (!project) throw apiError("projectNotExist");
        await store.forgetBrowserTokens(tx, tx.now - 24 * 60 * 60 * 1000);
        if ((await store.countBrowserTokens(tx, project.id)) >= LIMITS.browserTokens)
          throw apiError("keysTooMany", LIMITS.browserTokens);
        const parent = principal.kind === "key" ? await store.keyEnd(tx, principal.keyId) : undefined;
        const token = newBearer(BROWSER_TOKEN);
        const expires = Math.min(tx.now + minutes * 60_000, parent?.expires_at ?? Number.MAX_SAFE_INTEGER);
        const id = await insertKey(tx, {
          projectId: project.id,
          keyHash: keyHash(BEARER_PREFIX + token),
          last4: token.slice(-4),
          secretSealed: null,
          kind: "browser",
          scopes: "run,read",
          models: JSON.stringify(models),
          expiresAt: expires,
          parentId: parent?.id ?? null,
        });
        const { accountId } = principal;
        await setCap(tx, { subject: "key", id, accountId, amount: spend, period: "total" }, { isNew: true });
        return { target: `token ${id} of project ${project.id}`, result: { id, token, expires } };
      });
    },
  };
}
