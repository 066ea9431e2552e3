/**
 * The error catalogue: every refusal the API can give, with its wire text, its HTTP status and whose fault it is.
 * Texts and codes are from wire-contract.md 2.4, 3 and 7; clients match on their words.
 */

import { entry, errorsOf } from "./errors-entry.ts";
import { INPUT_ERRORS } from "./errors-inputs.ts";

export { ApiError, type Fault } from "./errors-entry.ts";

export const ERRORS = {
  noCredentials: entry(401, 99, "caller", () => "Authorization bearer token is not founded in headers."),
  badBearer: entry(401, 99, "caller", () => "Authorization bearer token is invalid."),
  bearerExpired: entry(401, 99, "caller", () => "Authorization bearer token expired."),
  unknownKey: entry(401, 0, "caller", () => "Project authorization is not founded."),
  signatureMissing: entry(
    401,
    0,
    "caller",
    () => "Project requires signature authentication. x-signature and x-nonce headers are required.",
  ),
  signatureWrong: entry(401, 0, "caller", () => "Project authorization is not valid."),
  ipNotAllowed: entry(401, 0, "caller", (ip: string) => `Requested ip ${ip} is not allowed.`),
  accountSuspended: entry(200, 0, "caller", () => "Your account has been suspended. Please contact support."),
  unknownEndpoint: entry(404, 0, "caller", () => "Error parsing url."),
  methodNotAllowed: entry(405, 0, "caller", () => "Error parsing url."),
  badBody: entry(200, 0, "caller", () => "Request parameters are invalid."),
  bodyTooLarge: entry(413, 0, "caller", () => "Request parameters are invalid."),
  tooManyRequests: entry(429, 0, "caller", () => "Too many requests. Please slow down."),
  unknownModel: entry(200, 1, "caller", () => "slug-owner-project-not-exist"),
  hiddenModel: entry(200, 1, "caller", () => "tool-not-accessible"),
  retiredModel: entry(200, 1, "caller", () => "tool-not-accessible"),
  appUnavailable: entry(200, 1, "caller", (why: string) => `tool-not-accessible: ${why}`),
  workerNotExist: entry(200, 1, "caller", () => "worker-not-exist"),
  ...INPUT_ERRORS,
  folderNameInvalid: entry(
    200,
    0,
    "caller",
    () => "Request parameter [name] must be letters, digits, - and _, at most 100",
  ),
  folderExists: entry(200, 0, "caller", () => "There is already a folder with this name."),
  foldersTooMany: entry(200, 0, "caller", (why: string) => `The folder could not be created: ${why}`),
  folderNotExist: entry(200, 1, "caller", () => "folder-not-exist"),
  fileNotExist: entry(200, 1, "caller", () => "file-not-exist"),
  commentNotAllowed: entry(200, 1, "caller", () => "Only who has run this model lately can rate it."),
  commentNotExist: entry(200, 1, "caller", () => "comment-not-exist"),
  reportNotExist: entry(200, 1, "caller", () => "report-not-exist"),
  shareNotExist: entry(404, 1, "caller", () => "This link leads to nothing: it has ended, or was revoked."),
  sharesTooMany: entry(200, 1, "caller", (most: number) => `A run has at most ${most} links. Revoke one first.`),
  documentNotExist: entry(404, 1, "caller", () => "document-not-exist"),
  quotaExceeded: entry(
    200,
    0,
    "caller",
    (quota: string) => `Your storage quota of ${quota} is used up. Delete files to make room.`,
  ),
  callbackInvalid: entry(200, 0, "caller", () => "Request parameter [callbackUrl] must be an http or https address"),
  idempotencyKeyInvalid: entry(200, 0, "caller", () => "Header Idempotency-Key must be 1 to 255 printable characters"),
  idempotencyKeyReused: entry(
    200,
    0,
    "caller",
    () => "This Idempotency-Key was used before for another request. Repeat that request, or take a new key.",
  ),
  priorityInvalid: entry(200, 0, "caller", () => "Header Modelyard-Priority must be low, normal or high"),
  deadlineInvalid: entry(
    200,
    0,
    "caller",
    () => "Header Modelyard-Deadline must be a number of seconds from 1 to 604800",
  ),
  callbackNotFound: entry(200, 1, "caller", () => "There is no callback for this task."),
  callbackPending: entry(200, 1, "caller", () => "The callback is being delivered already."),
  capReached: entry(
    200,
    97,
    "caller",
    (whose: string, amount: string, period: string) =>
      `Insufficient balance: the spend cap of $${amount}${period} of ${whose} is reached.`,
  ),
  insufficientBalance: entry(200, 97, "caller", () => "Insufficient balance"),
  concurrencyLimit: entry(
    200,
    96,
    "caller",
    (balance: string, limit: number) =>
      `You have reached your concurrent task limit. With your current balance of $${balance}, you can run up to ${limit} tasks at the same time. Add funds to increase your limit.`,
  ),
  noPermission: entry(200, 0, "caller", () => "You don't have any permission for this action."),
  fieldInvalid: entry(200, 0, "caller", (id: string, why: string) => `Request parameter [${id}] ${why}`),
  modelNotAllowed: entry(200, 0, "caller", () => "This key may not run this model."),
  projectNotExist: entry(200, 1, "caller", () => "project-not-exist"),
  keyNotExist: entry(200, 1, "caller", () => "key-not-exist"),
  keysTooMany: entry(200, 0, "caller", (limit: number) => `There are ${limit} already. Revoke one first.`),
  accountNotExist: entry(200, 1, "caller", () => "account-not-exist"),
  paymentsOff: entry(200, 0, "caller", () => "Payments are not set up on this server."),
  couponInvalid: entry(200, 1, "caller", () => "This coupon is not valid (any more), or was used already."),
  creditTooLow: entry(200, 0, "caller", () => "The wallet does not have that much available."),
  projectMissing: entry(200, 1, "caller", () => "The account has no project yet. Create one first."),
  taskIdRequired: entry(200, 0, "caller", () => "taskid or socketaccesstoken is required"),
  taskNotFound: entry(200, 1, "caller", () => "There is no task yet."),
  taskNotCancellable: entry(200, 1, "caller", () => "Task is not in a cancellable state."),
  taskNotKillable: entry(200, 1, "caller", (reason: string) => `Task could not be killed: ${reason}`),
  taskNotExist: entry(200, 1, "caller", () => "task-not-exist"),
  taskNotEnded: entry(200, 1, "caller", () => "Task must be completed or cancelled before deleting files"),
  crossSite: entry(403, 0, "caller", () => "This request does not come from a page of this server."),
  insecureSignIn: entry(
    403,
    0,
    "caller",
    () => "Signing in over plain http is possible on this machine only. Use the server's https address.",
  ),
  signedOut: entry(401, 0, "caller", () => "Please sign in."),
  signInWrong: entry(200, 0, "caller", () => "E-mail address or password is wrong."),
  passwordWrong: entry(200, 0, "caller", () => "The password is wrong."),
  tooManyAttempts: entry(
    429,
    0,
    "caller",
    (seconds: number) => `Too many attempts. Please try again in ${seconds} seconds.`,
  ),
  emailUnverified: entry(
    200,
    0,
    "caller",
    () => "The e-mail address is not confirmed yet. Follow the link that was sent to it.",
  ),
  emailTaken: entry(200, 0, "caller", () => "This e-mail address cannot be used."),
  passwordCommon: entry(200, 0, "caller", () => "This password is one of the most common ones. Choose another."),
  signUpsClosed: entry(200, 0, "caller", () => "New accounts are not taken at the moment."),
  invitationNeeded: entry(200, 0, "caller", () => "An invitation is needed to make an account."),
  linkInvalid: entry(200, 1, "caller", () => "This link is not valid (any more)."),
  sessionNotExist: entry(200, 1, "caller", () => "session-not-exist"),
  balanceLeft: entry(
    200,
    0,
    "caller",
    (balance: string) => `The balance of $${balance} would be lost. Delete with forfeit to give it up.`,
  ),
  tasksRunning: entry(200, 0, "caller", () => "Tasks of this account have not ended yet. Kill them or wait."),
  lastOperator: entry(200, 0, "caller", () => "The last operator cannot be deleted or suspended."),
  syncTimeout: entry(
    504,
    0,
    "platform",
    () => "The run has not ended within 40 minutes. It goes on: ask for it with its taskid.",
  ),
  storageFull: entry(
    200,
    0,
    "platform",
    () => "The server has no room for new work at the moment. Please try again later.",
  ),
  internal: entry(500, 0, "platform", () => "Internal server error."),
  unavailable: entry(503, 0, "platform", () => "The server is shutting down. Please try again."),
} as const;

export type ErrorName = keyof typeof ERRORS;

/** Builds the catalogue's error of that name with the arguments of its text. */
export const apiError = errorsOf(ERRORS);
