/** A sample of every message, every optional field included. A change here is a change of the protocol: see WORKER_PROTOCOL. */
import assert from "node:assert/strict";
import { test } from "node:test";
import samples from "./fixtures/worker-protocol.json" with { type: "json" };
import { outbox, readFrame } from "./message-batch.ts";
import {
  FromWorker,
  OLDEST_WORKER_PROTOCOL,
  ToWorker,
  WORKER_MESSAGE_LIMIT,
  WORKER_PROTOCOL,
} from "./worker-protocol.ts";

type Json = { [key: string]: unknown };

/** The message with one more key in one of its objects, once for each of them. `free`: its keys are anybody's. */
function* strangers(value: unknown, free: readonly string[]): Generator<unknown> {
  if (Array.isArray(value)) {
    for (const [n, item] of value.entries()) for (const changed of strangers(item, free)) yield value.with(n, changed);
  } else if (typeof value === "object" && value !== null) {
    yield { ...value, stranger: 1 };
    for (const [key, item] of Object.entries(value)) {
      if (!free.includes(key)) for (const changed of strangers(item, free)) yield { ...value, [key]: changed };
    }
  }
}

for (const [name, schema, list] of [
  ["worker to server", FromWorker, samples.fromWorker],
  ["server to worker", ToWorker, samples.toWorker],
] as const) {
  test(`${name}: every message has its sample, and each is read as it is`, () => {
    const kinds = schema.options.map((option) => option.shape.t.value);
    assert.deepEqual(list.map(({ t }) => t).sort(), [...kinds].sort());
    for (const sample of list) assert.deepEqual(schema.parse(sample), sample, sample.t);
  });

  test(`${name}: an unknown key, a missing key, a wrong type are refused`, () => {
    for (const sample of list as Json[]) {
      for (const changed of strangers(sample, ["inputs"]))
        assert.ok(!schema.safeParse(changed).success, JSON.stringify(changed));
      for (const key of Object.keys(sample)) {
        const { [key]: _, ...rest } = sample;
        if (!["reason", "finish", "traceparent"].includes(key))
          assert.ok(!schema.safeParse(rest).success, `${sample.t} without ${key}`);
        assert.ok(!schema.safeParse({ ...sample, [key]: Symbol("x") }).success, `${sample.t} with a wrong ${key}`);
      }
    }
    for (const other of [null, [], "drain", {}, { t: "nothing" }]) assert.ok(!schema.safeParse(other).success);
  });
}

test("limits of what a worker may say", () => {
  const [hello, heartbeat, model, report] = samples.fromWorker as Json[];
  const refused = (message: unknown) =>
    assert.ok(!FromWorker.safeParse(message).success, JSON.stringify(message).slice(0, 200));
  const lease = { task: "1", epoch: 1 };
  refused({ ...hello, slots: 0 });
  refused({ ...hello, name: "x".repeat(101) });
  refused({ ...hello, worker: "me" });
  refused({ ...heartbeat, leases: Array(10_001).fill(lease) });
  refused({ ...heartbeat, leases: [{ task: "1", epoch: 0 }] });
  refused({ ...heartbeat, leases: [{ task: "1'; drop table task", epoch: 1 }] });
  refused({ ...model, version: "x" });
  refused({ ...model, reason: "x".repeat(1_001) });
  refused({ ...report, n: 0 });
  refused({ ...report, events: Array(10_001).fill({ type: "task_end", ms: 1, body: null }) });
  for (const type of ["task_queue", "task_accept", "task_postprocess_end", "task_cancel", "nonsense"])
    refused({ ...report, events: [{ type, ms: 1, body: null }] });
  refused({ ...report, events: [{ type: "task_output", ms: -1, body: null }] });
  refused({ ...report, events: [{ type: "task_output", ms: 1, body: { kind: "progress", percentage: 101 } }] });
  const { finish } = report as { finish: Json };
  for (const elapsedMs of [-5, Number.NaN, Number.POSITIVE_INFINITY, "1"])
    refused({ ...report, finish: { ...finish, elapsedMs } });
  refused({ ...report, finish: { ...finish, exitCode: 0.5 } });
  refused({ ...report, finish: { ...finish, reason: "x".repeat(2_001) } });
  assert.equal(WORKER_PROTOCOL, 2);
  assert.equal(OLDEST_WORKER_PROTOCOL, 1);
  assert.equal(WORKER_MESSAGE_LIMIT, 16 * 1024 * 1024);
});

test("messages of one turn share a frame, in order; a large one does not wait", () => {
  const frames: string[] = [];
  let flush = () => {};
  const box = outbox<unknown>(
    (frame) => frames.push(frame),
    (later) => (flush = later),
  );
  box.push({ t: "drain" });
  box.push({ n: 2 });
  assert.equal(frames.length, 0);
  flush();
  box.push("x".repeat(2 * 1024 * 1024));
  assert.deepEqual(
    frames.map((frame) => readFrame(frame)?.length),
    [2, 1],
  );
  flush();
  assert.deepEqual(readFrame(frames[0] as string), [{ t: "drain" }, { n: 2 }]);
  assert.equal(frames.length, 2);
  for (const none of ["", "{}", "[", "null"]) assert.equal(readFrame(none), undefined);
});
