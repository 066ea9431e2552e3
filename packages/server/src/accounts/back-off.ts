/**
 * Waits between failed sign-ins, by address and by account. An attempt counts as failed from its beginning, so that many at once are
 * no way around it, and is taken back when it succeeds. Kept in the process: a restart forgets it.
 */
import { type ApiError, apiError } from "@modelyard/contract";

interface Failures {
  count: number;
  /** Unix milliseconds of the last one. */
  last: number;
}

export interface BackOffRule {
  /** Failures that cost nothing. */
  free: number;
  /** Longest wait, in milliseconds. */
  longest: number;
}

/** By the caller's address: many people may share one, nobody needs twenty tries. */
export const BY_ADDRESS: BackOffRule = { free: 20, longest: 15 * 60_000 };
/** By account: the longest wait is short, because anybody can make its owner wait. */
export const BY_ACCOUNT: BackOffRule = { free: 5, longest: 60_000 };

const FIRST_WAIT_MS = 1_000;
/** Failures are forgotten when nothing was tried for this long. */
const FORGET_MS = 60 * 60_000;
const LIMIT = 20_000;

/** Milliseconds that must have passed since the last failure before the next attempt is heard. */
export function waitAfter(count: number, rule: BackOffRule): number {
  if (count < rule.free) return 0;
  return Math.min(FIRST_WAIT_MS * 2 ** Math.min(count - rule.free, 30), rule.longest);
}

/** The refusal for somebody who has to wait so many milliseconds. */
export function waitError(ms: number): ApiError {
  const seconds = Math.ceil(ms / 1000);
  const error = apiError("tooManyAttempts", seconds);
  error.retryAfter = seconds;
  return error;
}

export interface BackOff {
  /** 0 and the attempt counts, or the milliseconds to wait and it does not. */
  attempt(key: string, rule: BackOffRule, now: number): number;
  /** It was a good one after all. */
  succeeded(key: string, options: { forget: boolean }): void;
}

export function createBackOff(): BackOff {
  const known = new Map<string, Failures>();

  function forgetOld(now: number): void {
    for (const [key, { last }] of known) if (now - last > FORGET_MS) known.delete(key);
    // Still too many: the ones that were touched longest ago go first.
    for (const key of known.keys()) {
      if (known.size < LIMIT) break;
      known.delete(key);
    }
  }

  return {
    attempt(key, rule, now) {
      const before = known.get(key);
      const fresh = before && now - before.last <= FORGET_MS ? before : { count: 0, last: 0 };
      const wait = waitAfter(fresh.count, rule) - (now - fresh.last);
      if (fresh.count > 0 && wait > 0) return wait;
      known.delete(key);
      if (known.size >= LIMIT) forgetOld(now);
      known.set(key, { count: fresh.count + 1, last: now });
      return 0;
    },
    succeeded(key, { forget }) {
      const failures = known.get(key);
      if (!failures) return;
      if (forget || failures.count <= 1) known.delete(key);
      else failures.count -= 1;
    },
  };
}
