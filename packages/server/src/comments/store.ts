import type { Database, Tx } from "../db/database.ts";

export interface CommentRow {
  id: number;
  model_id: number;
  account_id: number;
  points: number;
  body: string;
  changed_at: number;
  /** The account's. */
  name: string;
}

const SELECT = `select c.id, c.model_id, c.account_id, c.points, c.body, c.changed_at, a.name
  from model_comment c join account a on a.id = c.account_id`;

export function listComments(
  db: Database,
  page: { modelId: number; before: number; limit: number },
): Promise<CommentRow[]> {
  return db.all<CommentRow>(`${SELECT} where c.model_id = ? and c.body <> '' and c.id < ? order by c.id desc limit ?`, [
    page.modelId,
    page.before,
    page.limit,
  ]);
}

export async function ownComment(
  db: Database,
  own: { modelId: number; accountId: number },
): Promise<CommentRow | undefined> {
  const rows = await db.all<CommentRow>(`${SELECT} where c.model_id = ? and c.account_id = ?`, [
    own.modelId,
    own.accountId,
  ]);
  return rows[0];
}

export async function commentsById(db: Database, ids: readonly number[]): Promise<CommentRow[]> {
  if (ids.length === 0) return [];
  return db.all<CommentRow>(`${SELECT} where c.id in (${ids.map(() => "?").join(", ")})`, ids);
}

/** A changed comment is a new one in the list. */
export async function saveComment(
  tx: Tx,
  comment: { modelId: number; accountId: number; points: number; body: string },
): Promise<void> {
  await removeOwn(tx, comment);
  await tx.run("insert into model_comment (model_id, account_id, points, body, changed_at) values (?, ?, ?, ?, ?)", [
    comment.modelId,
    comment.accountId,
    comment.points,
    comment.body,
    tx.now,
  ]);
}

export async function removeOwn(tx: Tx, own: { modelId: number; accountId: number }): Promise<void> {
  await tx.run("delete from model_comment where model_id = ? and account_id = ?", [own.modelId, own.accountId]);
}

/** The model it was about; undefined where there is none of that id. */
export async function removeComment(tx: Tx, id: number): Promise<number | undefined> {
  const row = await tx.q.selectFrom("model_comment").select("model_id").where("id", "=", id).executeTakeFirst();
  if (row) await tx.run("delete from model_comment where id = ?", [id]);
  return row && Number(row.model_id);
}

/** The models that the account had rated. */
export async function removeAllOf(tx: Tx, accountId: number): Promise<number[]> {
  const rows = await tx.q.selectFrom("model_comment").select("model_id").where("account_id", "=", accountId).execute();
  await tx.run("delete from model_comment where account_id = ?", [accountId]);
  return rows.map(({ model_id }) => Number(model_id));
}

/** Newest tasks of an account that are looked through: there is no index by account and model, and none is worth its price. */
const LATELY = 5_000;

export async function hasRun(db: Database, own: { modelId: number; accountId: number }): Promise<boolean> {
  const rows = await db.all(
    `select 1 as one from (select model_id from task where account_id = ? order by id desc limit ${LATELY}) latest where model_id = ? limit 1`,
    [own.accountId, own.modelId],
  );
  return rows.length > 0;
}

/** False where as many reports as are kept about this model are open. */
export async function reportComment(
  tx: Tx,
  report: { modelId: number; commentId: number; details: string; most: number },
): Promise<boolean> {
  const { open } = await tx.q
    .selectFrom("model_report")
    .select((e) => e.fn.countAll<number | string>().as("open"))
    .where("model_id", "=", report.modelId)
    .where("closed_at", "is", null)
    .executeTakeFirstOrThrow();
  if (Number(open) >= report.most) return false;
  await tx.q
    .insertInto("model_report")
    .values({
      model_id: report.modelId,
      comment_id: report.commentId,
      reason: "comment",
      details: report.details,
      contact: "",
      created_at: tx.now,
    })
    .execute();
  return true;
}

export interface ReportRow {
  id: number;
  model_id: number;
  reason: string;
  details: string;
  contact: string;
  created_at: number;
  comment_id: number | null;
}

export async function openReports(db: Database, page: { before: number; limit: number }): Promise<ReportRow[]> {
  return db.all<ReportRow>(
    `select id, model_id, reason, details, contact, created_at, comment_id from model_report
     where closed_at is null and id < ? order by id desc limit ?`,
    [page.before, page.limit],
  );
}

/** False where there is no such open report. */
export async function closeReport(tx: Tx, id: number): Promise<boolean> {
  const row = await tx.q
    .selectFrom("model_report")
    .select("id")
    .where("id", "=", id)
    .where("closed_at", "is", null)
    .executeTakeFirst();
  if (row) await tx.run("update model_report set closed_at = ? where id = ?", [tx.now, id]);
  return row !== undefined;
}
