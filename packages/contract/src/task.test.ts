/** The transition table, written out once more by hand: every pair of status and event. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  HEARTBEAT_MS,
  isTerminal,
  KILL_GRACE_MS,
  LEASE_MS,
  nextStatus,
  SELF_FENCE_MS,
  SWEEP_MS,
  TASK_EVENT_TYPES,
  TASK_STATUSES,
  type TaskEventType,
  type TaskStatus,
  WORKER_EVENT_TYPES,
} from "./task.ts";

/** Columns in the order of TASK_STATUSES: queue, accept, pre start, pre end, assign, start, output, post end, cancel. "-": not possible. */
const TABLE: Record<TaskEventType, string> = {
  //                      queue     accept    pre-start pre-end   assign    start     output    end       cancel
  task_queue: "-         queue     queue     queue     queue     queue     queue     -         -",
  task_accept: "accept    -         -         -         -         -         -         -         -",
  task_preprocess_start: "-         pre-start -         -         -         -         -         -         -",
  task_preprocess_end: "-         -         pre-end   -         -         -         -         -         -",
  task_assign: "-         -         -         assign    -         -         -         -         -",
  task_start: "-         -         -         -         start     -         -         -         -",
  task_output: "-         -         -         -         -         output    output    -         -",
  task_error: "-         -         -         -         -         start     output    -         -",
  task_output_full: "-         -         -         -         -         start     output    -         -",
  task_error_full: "-         -         -         -         -         start     output    -         -",
  task_end: "-         -         -         -         -         start     output    -         -",
  task_postprocess_start: "-         -         -         -         -         start     output    -         -",
  task_postprocess_end: "end       end       end       end       end       end       end       -         -",
  task_cancel: "cancel    cancel    cancel    cancel    cancel    cancel    cancel    -         -",
};
const NAMES: Record<string, TaskStatus> = {
  queue: "task_queue",
  accept: "task_accept",
  "pre-start": "task_preprocess_start",
  "pre-end": "task_preprocess_end",
  assign: "task_assign",
  start: "task_start",
  output: "task_output",
  end: "task_postprocess_end",
  cancel: "task_cancel",
};

test("every pair of status and event", () => {
  assert.deepEqual(Object.keys(TABLE).sort(), [...TASK_EVENT_TYPES].sort());
  let pairs = 0;
  for (const [event, row] of Object.entries(TABLE)) {
    const cells = row.split(/\s+/);
    assert.equal(cells.length, TASK_STATUSES.length, event);
    for (const [n, status] of TASK_STATUSES.entries()) {
      const expected = cells[n] === "-" ? undefined : NAMES[cells[n] as string];
      assert.equal(nextStatus(status, event as TaskEventType), expected, `${event} in ${status}`);
      pairs++;
    }
  }
  assert.equal(pairs, 9 * 14);
});

const anyEvents = fc.array(fc.constantFrom(...TASK_EVENT_TYPES), { maxLength: 60 });

test("property: whatever happens in whatever order, nothing leaves a terminal status", () => {
  fc.assert(
    fc.property(anyEvents, (events) => {
      let status: TaskStatus = "task_queue";
      let ended: TaskStatus | undefined;
      for (const event of events) {
        status = nextStatus(status, event) ?? status;
        if (ended) assert.equal(status, ended);
        if (isTerminal(status)) ended = status;
      }
    }),
    { numRuns: 2_000 },
  );
});

test("property: from every status that can be reached, the end can be reached by a cancel and by a failure", () => {
  fc.assert(
    fc.property(anyEvents, (events) => {
      const status = events.reduce<TaskStatus>((now, event) => nextStatus(now, event) ?? now, "task_queue");
      if (isTerminal(status)) return;
      assert.equal(nextStatus(status, "task_cancel"), "task_cancel");
      assert.equal(nextStatus(status, "task_postprocess_end"), "task_postprocess_end");
    }),
  );
});

test("a worker can neither queue, accept, end nor cancel a task", () => {
  const own = new Set<string>(WORKER_EVENT_TYPES);
  assert.deepEqual(
    TASK_EVENT_TYPES.filter((type) => !own.has(type)),
    ["task_queue", "task_accept", "task_postprocess_end", "task_cancel"],
  );
});

test("the lease's times: two heartbeats fit, the worker gives up first, a lost task is up again within 20 s", () => {
  assert.ok(2 * HEARTBEAT_MS < LEASE_MS);
  assert.ok(SELF_FENCE_MS + KILL_GRACE_MS <= LEASE_MS);
  assert.ok(LEASE_MS + SWEEP_MS <= 20_000);
});
