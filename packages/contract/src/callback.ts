/** Callbacks as callers see them: what was sent where, what came back, and the secret to check signatures with. Ours, in the API's style. */
import { z } from "zod";

const digits = z.string().regex(/^\d+$/);

export const CALLBACK_STATES = ["due", "delivered", "failed"] as const;
export type CallbackState = (typeof CALLBACK_STATES)[number];

/** Bytes of a receiver's answer that are read and kept. */
export const CALLBACK_RESPONSE_LIMIT = 16 * 1024;

export const CallbackAttempt = z.strictObject({
  /** Unix seconds; sent as `webhook-timestamp`. */
  time: digits,
  elapsedseconds: z.string().regex(/^\d+\.\d{4}$/),
  /** HTTP status as text; "" where there was no answer. */
  httpstatus: z.string(),
  /** Why it does not count as delivered; "" where it does. */
  error: z.string(),
  /** The beginning of the answer; given when one task is asked for, and for a callback about no task. */
  response: z.string().max(CALLBACK_RESPONSE_LIMIT).optional(),
});

export const Callback = z.strictObject({
  taskid: digits,
  projectid: digits,
  callbackurl: z.string(),
  /** Sent as `webhook-id`, the same with every attempt. */
  webhookid: z.string(),
  status: z.enum(CALLBACK_STATES),
  /** Unix seconds of the next attempt; "0" where there is none. */
  nexttime: digits,
  createtime: digits,
  attempts: z.array(CallbackAttempt),
  /**
   * What is sent, given when one task is asked for: made anew as the next attempt would make it, so that an earlier one differs by
   * what has changed about the task since (its tags, files that are gone). A callback about no task has what was sent.
   */
  body: z.string().optional(),
});
export type Callback = z.infer<typeof Callback>;

export const CallbackListResponse = z.strictObject({
  total: digits,
  errors: z.array(z.never()),
  callbacklist: z.array(Callback),
  result: z.literal(true),
});

/** Standard Webhooks secret of the calling project. */
export const CallbackSecretResponse = z.strictObject({
  secret: z.string().regex(/^whsec_[A-Za-z0-9+/]{43}=$/),
  errors: z.array(z.never()),
  result: z.literal(true),
});
