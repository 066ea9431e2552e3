/** The catalogue against the texts of wire contract 2.4, 3 and 7, which clients match on. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError, apiError, ERRORS, type ErrorName } from "./errors.ts";
import { Failure } from "./wire.ts";

/** Status, code and text of every error; a new one belongs here too. */
const TABLE: Partial<Record<ErrorName, [http: number, code: number, message: string]>> = {
  noCredentials: [401, 99, "Authorization bearer token is not founded in headers."],
  badBearer: [401, 99, "Authorization bearer token is invalid."],
  unknownKey: [401, 0, "Project authorization is not founded."],
  signatureMissing: [
    401,
    0,
    "Project requires signature authentication. x-signature and x-nonce headers are required.",
  ],
  signatureWrong: [401, 0, "Project authorization is not valid."],
  ipNotAllowed: [401, 0, "Requested ip A is not allowed."],
  unknownEndpoint: [404, 0, "Error parsing url."],
  badBody: [200, 0, "Request parameters are invalid."],
  bodyTooLarge: [413, 0, "Request parameters are invalid."],
  unknownModel: [200, 1, "slug-owner-project-not-exist"],
  hiddenModel: [200, 1, "tool-not-accessible"],
  parameterRequired: [200, 0, "Request parameter [A] required"],
  parameterNotNumber: [200, 0, "Request parameter [A] must be integer or float"],
  parameterOutOfRange: [200, 0, "Request parameter [A] must be between B and C"],
  filesRequired: [200, 0, "Request files [A] required"],
  noPermission: [200, 0, "You don't have any permission for this action."],
  taskIdRequired: [200, 0, "taskid or socketaccesstoken is required"],
  taskNotFound: [200, 1, "There is no task yet."],
  taskNotCancellable: [200, 1, "Task is not in a cancellable state."],
  taskNotKillable: [200, 1, "Task could not be killed: A"],
  concurrencyLimit: [
    200,
    96,
    "You have reached your concurrent task limit. With your current balance of $A, you can run up to B tasks at the same time. Add funds to increase your limit.",
  ],
};

const build = apiError as unknown as (name: ErrorName, ...args: unknown[]) => ApiError;
const texts = (name: ErrorName) => (name === "parameterNotOption" ? ["A", ["B", "C"]] : ["A", "B", "C"]);

test("the wire's own errors, word for word", () => {
  for (const [name, [http, code, message]] of Object.entries(TABLE)) {
    const error = build(name as ErrorName, "A", "B", "C");
    assert.deepEqual([error.http, error.code, error.message], [http, code, message], name);
  }
  assert.deepEqual([ERRORS.insufficientBalance.http, ERRORS.insufficientBalance.code], [200, 97]);
});

test("every error is an envelope, and says whose fault it is by its status (wire contract 2.4)", () => {
  for (const name of Object.keys(ERRORS) as ErrorName[]) {
    const { http, code, message, fault } = build(name, ...texts(name));
    Failure.parse({ result: false, errors: [{ code, message }] });
    assert.ok(message.length > 5 && !/undefined|\[object/.test(message), `${name}: ${message}`);
    if (http >= 500) assert.equal(fault, "platform", name);
    if (http === 401 || http === 404) assert.equal(fault, "caller", name);
    // 403 is for browsers at /account alone: the wire knows no such status.
    const wire = [200, 401, 404, 413, 429, 500, 503, 504];
    assert.ok(wire.includes(http) || (http === 403 && /^(crossSite|insecureSignIn)$/.test(name)), `${name}: ${http}`);
  }
});

test("an ApiError keeps its name", () => {
  const error = apiError("unknownModel");
  assert.ok(error instanceof ApiError && error instanceof Error);
  assert.equal(error.error, "unknownModel");
});
