/**
 * What the platform counts about itself, as Prometheus reads it at `/metrics`: waiting and run times, lost leases, callbacks, HTTP
 * answers, the event loop. Names say their unit; labels are bounded (models, outcomes, route patterns), never a caller's word.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

export type Outcome = "success" | "failure" | "cancelled";

export interface Meter {
  /** A task was handed to a worker; `waitMs` since it was accepted, undefined for an attempt that is not its first. */
  claimed(model: string, waitMs: number | undefined): void;
  /** A task ended. `preparedMs`: from the assignment to the start of the model, undefined where it never started. */
  ended(model: string, end: { outcome: Outcome; runMs: number; preparedMs: number | undefined }): void;
  /** An attempt lost its lease (its worker died or could not be heard). */
  leaseLost(): void;
  callbackAttempt(outcome: "delivered" | "failed"): void;
  /** One answer of the HTTP server; `route` is its pattern. */
  answered(route: string, status: number, seconds: number): void;
  /** Adds a gauge that is read when it is asked for. */
  gauge(name: string, help: string, labels: readonly string[], read: () => Promise<Reading[]> | Reading[]): void;
  /** Everything in Prometheus's text format, with its content type. */
  report(): Promise<{ type: string; text: string }>;
}

export interface Reading {
  labels: Record<string, string>;
  value: number;
}

const PREFIX = "modelyard_";
const WAITS = [0.005, 0.02, 0.1, 0.5, 1, 5, 15, 60, 300, 1800];
const RUNS = [0.01, 0.05, 0.2, 1, 3, 10, 30, 120, 600, 3600];
const REQUESTS = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 5];

export function createMeter(): Meter {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const wait = new Histogram({
    name: `${PREFIX}queue_wait_seconds`,
    help: "From a task's acceptance to its first assignment to a worker.",
    labelNames: ["model"],
    buckets: WAITS,
    registers,
  });
  const run = new Histogram({
    name: `${PREFIX}run_seconds`,
    help: "The model's own run time of ended tasks.",
    labelNames: ["model", "outcome"],
    buckets: RUNS,
    registers,
  });
  const prepared = new Histogram({
    name: `${PREFIX}start_seconds`,
    help: "From a task's assignment to the start of its model: installing, fetching inputs, waiting for a place, a cold start.",
    labelNames: ["model"],
    buckets: RUNS,
    registers,
  });
  const lost = new Counter({
    name: `${PREFIX}lease_losses_total`,
    help: "Attempts that lost their lease because their worker died or could not be heard.",
    registers,
  });
  const callbacks = new Counter({
    name: `${PREFIX}callback_attempts_total`,
    help: "Attempts to call a task's callback address.",
    labelNames: ["outcome"],
    registers,
  });
  const requests = new Histogram({
    name: `${PREFIX}http_request_seconds`,
    help: "HTTP answers by route and status class.",
    labelNames: ["route", "status"],
    buckets: REQUESTS,
    registers,
  });

  return {
    claimed(model, waitMs) {
      if (waitMs !== undefined) wait.observe({ model }, waitMs / 1000);
    },
    ended(model, { outcome, runMs, preparedMs }) {
      run.observe({ model, outcome }, runMs / 1000);
      if (preparedMs !== undefined) prepared.observe({ model }, preparedMs / 1000);
    },
    leaseLost: () => lost.inc(),
    callbackAttempt: (outcome) => callbacks.inc({ outcome }),
    answered: (route, status, seconds) => requests.observe({ route, status: `${Math.floor(status / 100)}xx` }, seconds),
    gauge(name, help, labels, read) {
      new Gauge({
        name: PREFIX + name,
        help,
        labelNames: [...labels],
        registers,
        async collect() {
          this.reset();
          for (const { labels: own, value } of await read()) this.set(own, value);
        },
      });
    },
    report: async () => ({ type: registry.contentType, text: await registry.metrics() }),
  };
}

/** Counts nothing: for tests that put the parts together without a server. */
export const noMeter: Meter = {
  claimed() {},
  ended() {},
  leaseLost() {},
  callbackAttempt() {},
  answered() {},
  gauge() {},
  report: async () => ({ type: "text/plain", text: "" }),
};
