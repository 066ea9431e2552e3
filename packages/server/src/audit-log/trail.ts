/** Pages of an audit log, as JSON or CSV. */
import type { AuditEntry } from "@modelyard/contract";
import type { Database } from "../db/database.ts";
import type { Fields } from "../http/body.ts";
import { csv } from "../http/csv.ts";
import { nextCursor, oneOf, pageField } from "../http/fields.ts";
import { readAuditLog } from "./service.ts";

export interface AuditTrail {
  list(accountId: number, fields: Fields): Promise<object>;
}

const COLUMNS = ["id", "time", "actor", "ip", "action", "target", "outcome"] as const;

export function createAuditTrail(db: Database): AuditTrail {
  return {
    async list(accountId, fields) {
      const page = pageField(fields);
      const rows = await readAuditLog(db, { accountId, ...page });
      const entries: AuditEntry[] = rows.map(({ id, at, actor, ip, action, target, outcome }) => ({
        id: String(id),
        time: String(Math.floor(at / 1000)),
        actor,
        ip,
        action,
        target,
        outcome,
      }));
      if (oneOf(fields, "format", ["json", "csv"]) === "csv")
        return { csv: csv(COLUMNS, entries), name: "audit-log.csv" };
      return { entries, next: nextCursor(rows, page.limit) };
    },
  };
}
