/** Token buckets: how often something may happen for each key, over time and at once. Kept in memory, per server. */
import { isIPv6 } from "node:net";
import { type ApiError, apiError } from "@modelyard/contract";
import { normalAddress } from "../projects/policy.ts";

export interface Rate {
  /** Tokens that come back each second. */
  perSecond: number;
  /** Tokens of a key that has been quiet: what may happen at once. */
  burst: number;
}

/** Keys remembered; those with full buckets are forgotten first. */
const REMEMBERED = 50_000;

interface Bucket {
  tokens: number;
  /** Milliseconds of the monotonic clock. */
  at: number;
}

export class Buckets {
  readonly #rate: Rate;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  /** `now`: a clock in milliseconds that never goes back. */
  constructor(rate: Rate, now: () => number = () => performance.now()) {
    this.#rate = rate;
    this.#now = now;
  }

  #bucket(key: string): Bucket {
    const { perSecond, burst } = this.#rate;
    const now = this.#now();
    let bucket = this.#buckets.get(key);
    if (!bucket) {
      if (this.#buckets.size >= REMEMBERED) this.#forget(now);
      this.#buckets.set(key, (bucket = { tokens: burst, at: now }));
    }
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
    bucket.at = now;
    return bucket;
  }

  #forget(now: number): void {
    const { perSecond, burst } = this.#rate;
    for (const [key, { tokens, at }] of this.#buckets)
      if (tokens + ((now - at) / 1000) * perSecond >= burst) this.#buckets.delete(key);
    if (this.#buckets.size >= REMEMBERED) this.#buckets.clear();
  }

  /**
   * Takes `cost` tokens where at least one is there, and returns 0; a cost above what is there is owed. Otherwise takes nothing
   * and returns after how many whole seconds to come back.
   */
  take(key: string, cost = 1): number {
    const bucket = this.#bucket(key);
    if (bucket.tokens >= 1) {
      bucket.tokens -= cost;
      return 0;
    }
    return Math.max(1, Math.ceil((1 - bucket.tokens) / this.#rate.perSecond));
  }

  /** Takes `cost` tokens whether or not they are there: for what is known only afterwards. */
  charge(key: string, cost: number): void {
    this.#bucket(key).tokens -= cost;
  }
}

/** The refusal that says when to come back, in seconds. */
export function tooMany(seconds: number): ApiError {
  const error = apiError("tooManyRequests");
  error.retryAfter = seconds;
  return error;
}

/** What counts as one sender: an IPv4 address, or the /64 network that a single IPv6 customer has. */
export function senderOf(ip: string): string {
  const address = normalAddress(ip);
  if (!isIPv6(address)) return address;
  const [head = "", tail] = address.split("%")[0]?.split("::") ?? [];
  const front = head === "" ? [] : head.split(":");
  const back = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - front.length - back.length);
  const groups = [...front, ...Array.from({ length: zeros }, () => "0"), ...back];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}

/** The limits of reliability.md 5.4, one bucket list each; undefined = not limited. */
export interface Limits {
  /** Refused credentials, by sender. */
  refusals: Buckets | undefined;
  /** Runs, by project. */
  runs: Buckets | undefined;
  /** New sockets, by sender. */
  sockets: Buckets | undefined;
  /** Bytes of uploads, by account. */
  uploads: Buckets | undefined;
}

const MIB = 1024 * 1024;
/** Seconds' worth of runs that may come at once. */
const RUN_BURST_S = 10;

/** `runRate`: runs a second for each project, 0 = no limit. */
export function createLimits(options: { on: boolean; runRate: number }): Limits {
  if (!options.on) return { refusals: undefined, runs: undefined, sockets: undefined, uploads: undefined };
  const { runRate } = options;
  return {
    refusals: new Buckets({ perSecond: 20 / 60, burst: 20 }),
    runs: runRate === 0 ? undefined : new Buckets({ perSecond: runRate, burst: runRate * RUN_BURST_S }),
    sockets: new Buckets({ perSecond: 5, burst: 50 }),
    uploads: new Buckets({ perSecond: 20 * MIB, burst: 4096 * MIB }),
  };
}
