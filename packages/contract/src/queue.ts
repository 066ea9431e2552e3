/**
 * How a caller places a run in the queue, and what the queue says about it. Ours, not the hosted platform's: two request headers
 * on Run, so that no parameter of a model can be shadowed, and facts under a task's `modelyard` key.
 */
import { z } from "zod";

/** `Modelyard-Priority`: within one priority projects take turns; a higher one goes first whatever waits below it. */
export const PRIORITIES = ["low", "normal", "high"] as const;
export type Priority = (typeof PRIORITIES)[number];

/** `Modelyard-Deadline`: seconds from now; a run that has not started by then ends unbilled. At most a week. */
export const LONGEST_DEADLINE_S = 7 * 24 * 3600;

const RANK: Record<Priority, number> = { low: -1, normal: 0, high: 1 };

/** The number that the queue is ordered by, larger first. */
export function priorityRank(priority: Priority): number {
  return RANK[priority];
}

export function priorityOf(rank: number): Priority {
  return rank < 0 ? "low" : rank > 0 ? "high" : "normal";
}

export interface QueueWish {
  priority: Priority;
  /** Seconds; undefined = none. */
  deadlineSeconds: number | undefined;
}

/** Reads the two headers; a header that was not sent is undefined. */
export function readQueueWish(
  priority: string | undefined,
  deadline: string | undefined,
): QueueWish | "priority" | "deadline" {
  const wanted = priority?.trim().toLowerCase() ?? "normal";
  const known = PRIORITIES.find((name) => name === wanted);
  if (!known) return "priority";
  if (deadline === undefined) return { priority: known, deadlineSeconds: undefined };
  const seconds = /^\d{1,6}$/.test(deadline.trim()) ? Number(deadline) : 0;
  if (seconds < 1 || seconds > LONGEST_DEADLINE_S) return "deadline";
  return { priority: known, deadlineSeconds: seconds };
}

/**
 * Why a task waits. `noworker`: no connected worker can run it · `busy`: those that can have no room · `limit`: the account's own
 * concurrency limit · `starting`: it is about to be handed out · `paused`: an operator has paused the model or the queue.
 */
export const WAIT_CODES = ["noworker", "busy", "limit", "starting", "paused"] as const;
export type WaitCode = (typeof WAIT_CODES)[number];

/** The queue's part of a task's own facts (wire.ts). Times are unix seconds. */
export const QUEUE_FACTS = {
  priority: z.enum(PRIORITIES),
  /** When it ends unbilled unless it has started. */
  deadline: z.number().int().nullable(),
  /** Why it waits, in a sentence; null when it does not wait. */
  waitreason: z.string().nullable(),
  /** The same as a word to act on. */
  waitcode: z.enum(WAIT_CODES).nullable(),
  /** 1 = the next one of its model; null when it does not wait. */
  position: z.number().int().positive().nullable(),
  /** From how long runs take (the end: runs with the same options) and the places that workers have; null where nothing is known. */
  estimatedstart: z.number().int().nullable(),
  estimatedend: z.number().int().nullable(),
};
