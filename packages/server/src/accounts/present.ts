import type { Account, Session } from "@modelyard/contract";
import type { SessionRow } from "./service-sessions.ts";
import type { AccountRow } from "./store.ts";

const seconds = (ms: number): string => String(Math.floor(ms / 1000));

export function presentAccount(row: AccountRow): Account {
  return {
    uuid: row.uuid,
    email: row.email,
    name: row.name,
    role: row.role,
    verified: row.email_verified_at !== null,
    createtime: seconds(row.created_at),
  };
}

export function presentSession(row: SessionRow, currentId: number): Session {
  return {
    id: String(row.id),
    current: row.id === currentId,
    ip: row.ip,
    useragent: row.user_agent,
    createtime: seconds(row.created_at),
    seentime: seconds(row.seen_at),
  };
}
