/**
 * Sends the callbacks that are owed. Every server has one; rows are claimed, so that two servers do not send one callback at a
 * time, and an outcome is written only under the claim it was made with. What a server was sending when it died is sent again:
 * receivers may see a message twice, under the same `webhook-id`, but never not at all.
 *
 * A receiver has at most HOST_PLACES attempts under way, one that let an attempt run out of time has one. Once half of all places
 * are taken, the former have one and the latter none: receivers that hang wait for each other, and not the others for them.
 */
import { CALLBACK_RESPONSE_LIMIT, type Log } from "@modelyard/contract";
import { FetchError, guardedPost } from "@modelyard/guarded-fetch";
import { spanClock } from "@modelyard/tracing";
import type { Bus } from "../bus/bus.ts";
import type { Database } from "../db/database.ts";
import type { Meter } from "../metrics/meter.ts";
import type { TaskTraces } from "../metrics/task-traces.ts";
import { presentTask } from "../tasks/present.ts";
import { readTask, type Tasks } from "../tasks/service.ts";
import { type Answer, judge, nextWait, signedHeaders } from "./policy.ts";
import { callbackBody } from "./present.ts";
import { CALLBACK_TOPIC, type Webhooks } from "./service.ts";
import * as store from "./store.ts";

const TIMEOUT_MS = 15_000;
/** A claim outlives its attempt by as much as writing the outcome may take. */
const CLAIM_MS = TIMEOUT_MS + 15_000;
const PLACES = 1_024;
const HOST_PLACES = 4;
/** Rows looked at in one unit of work. */
const BATCH = 64;
/** How often the store is asked when nothing calls: another server's callbacks that it did not live to send. */
const SWEEP_MS = 2_500;
/** Hosts that are remembered for having hung. */
const HUNG_HOSTS = 10_000;
/** Settled callbacks and their log are kept this long, and looked through this often. Milliseconds. */
const KEEP_MS = 30 * 24 * 60 * 60 * 1000;
const FORGET_EVERY_MS = 60 * 60 * 1000;

export interface DelivererDeps {
  db: Database;
  bus: Bus;
  tasks: Tasks;
  webhooks: Webhooks;
  /** Hosts (`host` or `host:port`) that may be private. */
  allowHosts: readonly string[];
  /** Base address for outputs of tasks that were accepted before their base was kept. */
  base: string;
  meter: Meter;
  traces: TaskTraces;
  log: Log;
}

export interface Deliverer {
  /** Breaks off what is under way; it stays owed. */
  stop(): Promise<void>;
}

export function startDeliverer(deps: DelivererDeps): Deliverer {
  const { db, bus, tasks, webhooks, log } = deps;
  const stopping = new AbortController();
  const attempts = new Set<Promise<void>>();
  const underWay = new Map<string, number>();
  const hung = new Set<string>();
  let pumping: Promise<void> | undefined;
  let again = false;
  let timer: NodeJS.Timeout | undefined;

  const placesOf = (host: string) => {
    const crowded = attempts.size >= PLACES / 2;
    if (hung.has(host)) return crowded ? 0 : 1;
    return crowded ? 1 : HOST_PLACES;
  };
  const isFull = (host: string) => (underWay.get(host) ?? 0) >= placesOf(host);
  const fullHosts = () => [...new Set([...underWay.keys(), ...hung])].filter(isFull);

  /** Claims what there is room for; returns how many, and whether there may be more of it. */
  async function claimSome(): Promise<{ count: number; more: boolean }> {
    const limit = Math.min(BATCH, PLACES - attempts.size);
    if (limit <= 0) return { count: 0, more: false };
    const { claimed, seen } = await db.write(async (tx) => {
      const rows = await store.dueRows(db, tx, fullHosts(), limit);
      const planned = new Map<string, number>();
      const claimed: store.CallbackRow[] = [];
      for (const row of rows) {
        const count = planned.get(row.host) ?? 0;
        if ((underWay.get(row.host) ?? 0) + count >= placesOf(row.host)) continue;
        planned.set(row.host, count + 1);
        claimed.push({ ...row, claim: await store.claim(tx, row.id, tx.now + CLAIM_MS) });
      }
      return { claimed, seen: rows.length };
    });
    for (const row of claimed) begin(row);
    return { count: claimed.length, more: claimed.length > 0 && seen === limit };
  }

  /** Begins all that is due; returns the milliseconds until it is worth looking again. */
  async function pump(): Promise<number> {
    const now = await db.now();
    const due = attempts.size >= PLACES ? undefined : await store.nextDue(db, fullHosts(), now);
    if (due === undefined) return SWEEP_MS;
    if (due > now) return Math.min(due - now, SWEEP_MS);
    let total = 0;
    for (let more = true; more && !stopping.signal.aborted; ) {
      const step = await claimSome();
      total += step.count;
      more = step.more;
    }
    // What is due and cannot be had is being claimed by another server this moment.
    return total > 0 ? 0 : 100;
  }

  function wake(): void {
    again = true;
    if (pumping || stopping.signal.aborted) return;
    again = false;
    clearTimeout(timer);
    pumping = pump()
      .catch((error: unknown) => {
        log(`callbacks: ${String(error)}`, { level: "error" });
        return SWEEP_MS;
      })
      .then((wait) => {
        pumping = undefined;
        if (stopping.signal.aborted) return;
        if (again) wake();
        else timer = setTimeout(wake, wait);
      });
  }

  function begin(row: store.CallbackRow): void {
    underWay.set(row.host, (underWay.get(row.host) ?? 0) + 1);
    const attempt = deliver(row)
      .catch(async (error: unknown) => {
        if (stopping.signal.aborted) await db.write((tx) => store.release(tx, row));
        else log(`callback of task ${row.task_id}: ${String(error)}`, { level: "error", task: row.task_id });
      })
      .finally(() => {
        attempts.delete(attempt);
        const left = (underWay.get(row.host) ?? 1) - 1;
        if (left > 0) underWay.set(row.host, left);
        else underWay.delete(row.host);
        wake();
      });
    attempts.add(attempt);
  }

  async function bodyOf(row: store.CallbackRow): Promise<Buffer> {
    if (row.body !== null) return Buffer.from(row.body);
    const task = await readTask(db, { id: row.task_id }, row.account_id);
    if (!task) throw new Error("the task is gone");
    const shown = presentTask(task, await tasks.context(task, row.base === "" ? deps.base : row.base));
    return Buffer.from(callbackBody(shown));
  }

  /** `at`: unix milliseconds, as signed. */
  async function send(row: store.CallbackRow): Promise<{ at: number; answer: Answer; response: string }> {
    const body = await bodyOf(row);
    const secrets = await webhooks.secrets(row.project_id);
    const at = Date.now();
    const signed = signedHeaders({ id: row.message_id, now: at, body, secrets });
    try {
      const posted = await guardedPost(row.url, {
        body,
        headers: { "content-type": "application/json", ...signed },
        timeoutMs: TIMEOUT_MS,
        responseBytes: CALLBACK_RESPONSE_LIMIT,
        allowHosts: deps.allowHosts,
        signal: stopping.signal,
      });
      const response = posted.body.toString("utf8").replaceAll("\0", "\ufffd");
      return { at, answer: { status: posted.status, retryAfter: posted.header("retry-after") }, response };
    } catch (error) {
      if (!(error instanceof FetchError)) throw error;
      return { at, answer: { error: error.message }, response: "" };
    }
  }

  async function deliver(row: store.CallbackRow): Promise<void> {
    const began = performance.now();
    const span = spanClock();
    const { at, answer, response } = await send(row);
    const ms = Math.round(performance.now() - began);
    if ("error" in answer && ms >= TIMEOUT_MS - 100) {
      if (hung.size >= HUNG_HOSTS) hung.clear();
      hung.add(row.host);
    } else hung.delete(row.host);
    const verdict = judge(answer, Date.now());
    deps.meter.callbackAttempt(verdict.kind === "delivered" ? "delivered" : "failed");
    const tries = row.tries + 1;
    const wait = verdict.kind === "retry" ? nextWait(tries, Math.random()) : undefined;
    const state = verdict.kind === "delivered" ? "delivered" : wait === undefined ? "failed" : "due";
    const least = verdict.kind === "retry" ? verdict.leastWaitMs : 0;
    const error = verdict.kind === "delivered" ? null : verdict.error;
    const status = "status" in answer ? answer.status : null;
    deps.traces.called(row.task_id, { began: span, status, tries });
    await db.write((tx) =>
      store.recordAttempt(tx, row, {
        state,
        tries,
        nextAt: tx.now + Math.max(wait ?? 0, least),
        attempt: { at, ms, status, error, response },
      }),
    );
    if (status !== null && status >= 300 && status < 400)
      log(`callback of task ${row.task_id}: ${error}`, { level: "warn", task: row.task_id });
    if (state === "failed")
      log(`callback of task ${row.task_id} was given up: ${error}`, { level: "warn", task: row.task_id });
  }

  const forget = () =>
    void db
      .write((tx) => store.forgetCallbacks(tx, tx.now - KEEP_MS))
      .catch((error: unknown) => log(`callbacks: ${String(error)}`, { level: "error" }));
  const forgetting = setInterval(forget, FORGET_EVERY_MS);
  const unsubscribe = bus.subscribe(CALLBACK_TOPIC, wake);
  wake();

  return {
    async stop() {
      unsubscribe();
      clearInterval(forgetting);
      stopping.abort(new Error("the server stops"));
      clearTimeout(timer);
      await pumping;
      await Promise.allSettled(attempts);
    },
  };
}
