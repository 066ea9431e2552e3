/** A step of an app becomes a task of its own: queued like any other, but it holds nothing and is paid by its app. */
import { likenessOf, readInputs } from "@modelyard/contract";
import type { Tx } from "../db/database.ts";
import { newToken } from "../http/tokens.ts";
import { quoteRun } from "../models/quote.ts";
import type { CatalogueModel } from "../models/service.ts";
import * as queue from "../queue/service.ts";
import { type LifecycleDeps, wakeQueue } from "./lifecycle.ts";
import { parametersOf } from "./parameters.ts";
import * as store from "./store.ts";
import type { AppRow } from "./store-steps.ts";
import { storeTerms } from "./terms.ts";

export interface StepStart {
  parentId: number;
  parent: AppRow;
  /** Place in the app; a second start of the same one fails. */
  key: string;
  model: CatalogueModel;
  /** Not checked yet. */
  fields: Readonly<Record<string, unknown>>;
}

/** A sentence where its inputs are not what the model takes; nothing is written then. */
export async function startStep(
  deps: LifecycleDeps & { turns: queue.Turns },
  tx: Tx,
  { parentId, parent, key, model, fields }: StepStart,
): Promise<string | undefined> {
  const read = readInputs(model.manifest, fields);
  if (!read.ok) return read.errors[0]?.message ?? "its inputs are wrong";
  const { values } = read.inputs;
  const quoted = quoteRun(deps.models, model, values);
  const { account_id: accountId, project_id: projectId, priority } = parent;
  const { id } = await store.insertTask(tx, {
    token: newToken(),
    accountId,
    projectId,
    keyId: parent.key_id,
    memberId: parent.member_id,
    caps: 0,
    tags: [],
    likeness: likenessOf(model.manifest, values),
    modelId: model.id,
    version: model.version,
    inputs: JSON.stringify(values),
    parameters: JSON.stringify(parametersOf(fields)),
    callbackUrl: "",
    callbackBase: "",
    priceMethod: quoted.method,
    price: quoted.price,
    priceTerms: storeTerms(quoted, { isStep: true }),
    hold: 0n,
    priority,
    deadlineSeconds: undefined,
    app: null,
    partOf: { parentId, step: key },
  });
  const turn = deps.turns.next(priority, projectId);
  const entry = { taskId: id, modelId: model.id, accountId, projectId, priority, turn, deadline: 0 };
  await queue.enqueue(tx, { ...entry, state: "ready" });
  tx.afterCommit(() => deps.stats.accepted(model.id));
  wakeQueue(tx, deps.bus);
  return undefined;
}
