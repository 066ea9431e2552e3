/** What an error of the catalogue is, apart from the catalogue: a browser that checks a form loads the few that it needs. */
import type { ErrorName } from "./errors.ts";

/** Whose fault: decides retry and billing. `caller`: never retried · `model`: not retried, free · `platform`: retried, free. */
export type Fault = "caller" | "model" | "platform";

export interface Entry<Args extends readonly unknown[]> {
  http: number;
  code: number;
  fault: Fault;
  message: (...args: Args) => string;
}

export function entry<Args extends readonly unknown[]>(
  http: number,
  code: number,
  fault: Fault,
  message: (...args: Args) => string,
): Entry<Args> {
  return { http, code, fault, message };
}

/** A refusal from the catalogue, thrown where no return value can carry it; the HTTP layer prints it as the wire's envelope. */
export class ApiError extends Error {
  readonly error: ErrorName;
  readonly http: number;
  readonly code: number;
  readonly fault: Fault;
  /** Seconds after which the same request may be made again: the answer's Retry-After. */
  retryAfter: number | undefined = undefined;

  constructor(error: ErrorName, { http, code, fault }: Pick<Entry<[]>, "http" | "code" | "fault">, message: string) {
    super(message);
    this.name = "ApiError";
    this.error = error;
    this.http = http;
    this.code = code;
    this.fault = fault;
  }
}

type ArgsOf<One> = One extends Entry<infer Args> ? Args : never;

/** Makes the errors of one list, by name, with the arguments of their texts. */
export function errorsOf<List extends Partial<Record<ErrorName, Entry<never>>>>(list: List) {
  return <Name extends keyof List & ErrorName>(name: Name, ...args: ArgsOf<List[Name]>): ApiError => {
    const found = list[name] as Entry<readonly unknown[]>;
    return new ApiError(name, found, found.message(...args));
  };
}
