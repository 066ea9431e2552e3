/** High priority goes before everybody else's runs, so it is a right: operators have it, others are given it (`Admin/Priority`). */
import { apiError, type Priority } from "@modelyard/contract";
import type { Tx } from "../db/database.ts";
import { mayAskForHighPriority } from "./store.ts";

/** Refuses what the account may not ask for, with `priorityNotAllowed`. */
export async function allowPriority(tx: Tx, accountId: number, priority: Priority): Promise<void> {
  if (priority === "high" && !(await mayAskForHighPriority(tx, accountId))) throw apiError("priorityNotAllowed");
}
