/** Comments and ratings: one of each account for a model that it has run. Averages are the catalogue's to show (models/stats.ts). */
import {
  apiError,
  COMMENT_LENGTH,
  type Comment,
  type CommentListResponse,
  type CommentMineResponse,
  type VisitorReport,
} from "@modelyard/contract";
import { note, OPERATORS } from "../audit-log/service.ts";
import type { Database, Tx } from "../db/database.ts";
import type { Call } from "../http/authenticated.ts";
import type { Fields } from "../http/body.ts";
import { nextCursor, pageField, requiredId, textField, wholeField } from "../http/fields.ts";
import { type CatalogueModel, type Models, nameOf } from "../models/service.ts";
import type { ModelStats } from "../models/stats.ts";
import { presentComment } from "./present.ts";
import * as store from "./store.ts";

type Answer<Response> = Omit<Response, "result" | "errors">;

export interface Comments {
  list(fields: Fields): Promise<Answer<CommentListResponse>>;
  mine(call: Call): Promise<Answer<CommentMineResponse>>;
  save(call: Call): Promise<Comment>;
  delete(call: Call): Promise<void>;
  report(call: Call): Promise<void>;
  /** By an operator. */
  remove(call: Call): Promise<void>;
  reports(fields: Fields): Promise<{ reports: VisitorReport[]; next: string }>;
  closeReport(call: Call): Promise<void>;
  /** Everything that an account has said, which is deleted in this unit of work. */
  forget(tx: Tx, accountId: number): Promise<void>;
}

/** Open reports about one model; beyond it, further ones say nothing new. */
const REPORTS = 1_000;

export function createComments({ db, models, stats }: { db: Database; models: Models; stats: ModelStats }): Comments {
  function modelOf(fields: Fields): CatalogueModel {
    const model = models.find(textField(fields, "slugowner") ?? "", textField(fields, "slugproject") ?? "");
    if (!model) throw apiError("unknownModel");
    return model;
  }
  const ownOf = ({ fields, principal }: Call) => ({
    modelId: modelOf(fields).id,
    accountId: principal.accountId,
  });

  function bodyOf(fields: Fields, name: string): string {
    const body = (textField(fields, name) ?? "").toWellFormed().replaceAll("\0", "");
    if (body.length > COMMENT_LENGTH) throw apiError("parameterTooLong", name, COMMENT_LENGTH);
    return body;
  }

  return {
    async list(fields) {
      const model = modelOf(fields);
      const page = pageField(fields);
      const rows = await store.listComments(db, { modelId: model.id, ...page });
      const { average, comments, rated } = stats.of(model.id).rating;
      return {
        comments: rows.map(presentComment),
        next: nextCursor(rows, page.limit),
        averagepoint: String(average),
        commentcount: String(comments),
        ratedusercount: String(rated),
      };
    },
    async mine(call) {
      const own = ownOf(call);
      const row = await store.ownComment(db, own);
      return { allowed: row !== undefined || (await store.hasRun(db, own)), comment: row ? presentComment(row) : null };
    },
    async save(call) {
      const own = ownOf(call);
      const points = wholeField(call.fields, "points", { min: 1, max: 5 });
      if (points === undefined) throw apiError("parameterRequired", "points");
      const body = bodyOf(call.fields, "text");
      if (!(await store.ownComment(db, own)) && !(await store.hasRun(db, own))) throw apiError("commentNotAllowed");
      await db.write((tx) => store.saveComment(tx, { ...own, points, body }));
      await stats.rerate(own.modelId);
      const row = await store.ownComment(db, own);
      // Another window may have taken it back since.
      if (!row) throw apiError("commentNotExist");
      return presentComment(row);
    },
    async delete(call) {
      const own = ownOf(call);
      await db.write((tx) => store.removeOwn(tx, own));
      await stats.rerate(own.modelId);
    },
    async report({ fields }) {
      const commentId = requiredId(fields, "commentid");
      const details = bodyOf(fields, "details");
      if (details === "") throw apiError("parameterRequired", "details");
      const [row] = await store.commentsById(db, [commentId]);
      if (!row) throw apiError("commentNotExist");
      await db.write((tx) => store.reportComment(tx, { modelId: row.model_id, commentId, details, most: REPORTS }));
    },
    async remove({ fields, actor }) {
      const id = requiredId(fields, "commentid");
      const modelId = await db.write(async (tx) => {
        const about = await store.removeComment(tx, id);
        if (about === undefined) throw apiError("commentNotExist");
        const target = `comment ${id} on ${nameOf(models.byId(about))}`;
        await note(tx, { accountId: OPERATORS, actor, action: "comment-remove", target });
        return about;
      });
      await stats.rerate(modelId);
    },
    async reports(fields) {
      const page = pageField(fields);
      const rows = await store.openReports(db, page);
      const ids = rows.flatMap(({ comment_id }) => (comment_id === null ? [] : [Number(comment_id)]));
      const comments = new Map((await store.commentsById(db, ids)).map((row) => [Number(row.id), presentComment(row)]));
      return {
        reports: rows.map((row) => ({
          id: String(row.id),
          model: nameOf(models.byId(Number(row.model_id))),
          reason: row.reason,
          details: row.details,
          contact: row.contact,
          time: String(Math.floor(row.created_at / 1000)),
          comment: (row.comment_id === null ? undefined : comments.get(Number(row.comment_id))) ?? null,
        })),
        next: nextCursor(rows, page.limit),
      };
    },
    async closeReport({ fields, actor }) {
      const id = requiredId(fields, "reportid");
      await db.write(async (tx) => {
        if (!(await store.closeReport(tx, id))) throw apiError("reportNotExist");
        await note(tx, { accountId: OPERATORS, actor, action: "report-close", target: `report ${id}` });
      });
    },
    async forget(tx, accountId) {
      const about = await store.removeAllOf(tx, accountId);
      tx.afterCommit(() => {
        for (const id of about) void stats.rerate(id);
      });
    },
  };
}
