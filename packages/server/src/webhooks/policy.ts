/** Pure rules of callbacks: when to try again, what an answer means, how a message is signed (Standard Webhooks 1.0.0). */
import { createHmac } from "node:crypto";

const S = 1000;
const M = 60 * S;
const H = 60 * M;

/** Waits before the first, second, … attempt, in milliseconds: at 0, 2 and 4 seconds, then ever more patiently. */
const WAITS = [0, 2 * S, 2 * S, 5 * M, 30 * M, 2 * H, 5 * H, 10 * H] as const;
export const MAX_TRIES = WAITS.length;
/** Each wait is up to this part longer or shorter, so that receivers are not asked by everybody at once. */
const JITTER = 0.2;
/** A receiver cannot put us off for longer, in milliseconds. */
const LONGEST_RETRY_AFTER = 24 * H;

/** What came back, or the sentence that says why nothing did. */
export type Answer = { status: number; retryAfter: string } | { error: string };

export type Verdict =
  | { kind: "delivered" }
  /** The receiver wants no more of this message. */
  | { kind: "stop"; error: string }
  | { kind: "retry"; error: string; leastWaitMs: number };

/** Seconds or a date (RFC 9110) as milliseconds from `now`; 0 where the header says nothing of use. */
export function retryAfterMs(header: string, now: number): number {
  const text = header.trim();
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * S : Date.parse(text) - now;
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), LONGEST_RETRY_AFTER) : 0;
}

export function judge(answer: Answer, now: number): Verdict {
  if ("error" in answer) return { kind: "retry", error: answer.error, leastWaitMs: 0 };
  const { status, retryAfter } = answer;
  if (status >= 200 && status < 300) return { kind: "delivered" };
  if (status === 410) return { kind: "stop", error: "The receiver answered with status 410: it wants no more." };
  if (status >= 300 && status < 400) {
    const error = `The address redirects (status ${status}); callbacks follow no redirects. Give the final address.`;
    return { kind: "retry", error, leastWaitMs: 0 };
  }
  const leastWaitMs = [429, 502, 503, 504].includes(status) ? retryAfterMs(retryAfter, now) : 0;
  return { kind: "retry", error: `The receiver answered with status ${status}.`, leastWaitMs };
}

/** Milliseconds until the next attempt after `tries` of them, or undefined when that was the last. `random` is in [0, 1). */
export function nextWait(tries: number, random: number): number | undefined {
  const wait = WAITS[tries];
  return wait === undefined ? undefined : Math.round(wait * (1 - JITTER + 2 * JITTER * random));
}

/** The headers that let the receiver check who sent this, when, and whether it has it already. */
export function signedHeaders(message: {
  id: string;
  /** Unix milliseconds. */
  now: number;
  body: Buffer;
  /** `whsec_…`; more than one while a secret is being replaced. */
  secrets: readonly string[];
}): Record<string, string> {
  const timestamp = String(Math.floor(message.now / 1000));
  const signatures = message.secrets.map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
    const mac = createHmac("sha256", key).update(`${message.id}.${timestamp}.`).update(message.body);
    return `v1,${mac.digest("base64")}`;
  });
  return { "webhook-id": message.id, "webhook-timestamp": timestamp, "webhook-signature": signatures.join(" ") };
}

/** What attempts are counted by, so that one receiver cannot take the places of all. */
export function hostOf(url: string): string {
  return URL.parse(url)?.host ?? "";
}
