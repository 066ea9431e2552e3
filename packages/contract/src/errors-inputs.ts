/** Errors of a model's inputs: the part of the catalogue (errors.ts) that a form in a browser needs too. */
import { entry, errorsOf } from "./errors-entry.ts";

export const INPUT_ERRORS = {
  parameterRequired: entry(200, 0, "caller", (id: string) => `Request parameter [${id}] required`),
  parameterNotNumber: entry(200, 0, "caller", (id: string) => `Request parameter [${id}] must be integer or float`),
  parameterOutOfRange: entry(
    200,
    0,
    "caller",
    (id: string, min: number, max: number) => `Request parameter [${id}] must be between ${min} and ${max}`,
  ),
  parameterNotText: entry(200, 0, "caller", (id: string) => `Request parameter [${id}] must be text`),
  parameterTooLong: entry(
    200,
    0,
    "caller",
    (id: string, max: number) => `Request parameter [${id}] must be at most ${max} characters`,
  ),
  parameterNotOption: entry(
    200,
    0,
    "caller",
    (id: string, values: readonly string[]) => `Request parameter [${id}] must be one of: ${values.join(", ")}`,
  ),
  parameterNotBoolean: entry(200, 0, "caller", (id: string) => `Request parameter [${id}] must be true or false`),
  filesRequired: entry(200, 0, "caller", (id: string) => `Request files [${id}] required`),
  filesTooMany: entry(200, 0, "caller", (id: string, max: number) => `Request files [${id}] must be at most ${max}`),
  fileInvalid: entry(200, 0, "caller", (id: string, why: string) => `Request files [${id}] ${why}`),
} as const;

/** Builds an input's error with the arguments of its text. */
export const inputError = errorsOf(INPUT_ERRORS);
