import assert from "node:assert/strict";
import { test } from "node:test";
import { Manifest, outbox } from "@modelyard/contract";
import { needOf } from "./capacity.ts";
import { estimate } from "./estimate.ts";
import { ConnectedWorker } from "./registry.ts";

const manifest = Manifest.parse({
  owner: "test",
  slug: "m",
  title: "m",
  description: "m",
  categories: ["test"],
  inputs: [],
  output: "text",
  price: [{ method: "cpr", price: "0" }],
  limits: { concurrency: 2 },
  runner: { type: "command", command: ["true"] },
  license: { code: "MIT" },
});
const model = { id: 7, version: "v", manifest };
const worker = () =>
  new ConnectedWorker({
    id: "w",
    name: "w",
    release: "test",
    tokenHash: "",
    capacity: { slots: 4, memory: 4_000, gpus: [] },
    messages: outbox(() => {}, queueMicrotask),
  });
const guess = (workers: ConnectedWorker[], ahead: number, averageMs: number | undefined, now = Date.now()) =>
  estimate({ workers, model, ahead, averageMs, ownMs: undefined, now });

test("nothing is guessed where nothing is known", () => {
  assert.equal(guess([], 0, 1000), undefined);
  assert.equal(guess([worker()], 0, undefined), undefined);
  const closed = worker();
  closed.cordoned = true;
  assert.equal(guess([closed], 0, 1000), undefined);
});

test("two places serve two at a time", () => {
  const now = Date.now();
  const starts = [0, 1, 2, 3, 4].map((ahead) => (guess([worker()], ahead, 1000, now)?.start ?? 0) - now);
  assert.deepEqual(starts, [0, 0, 1000, 1000, 2000]);
  assert.equal((guess([worker()], 2, 1000, now)?.end ?? 0) - now, 2000);
});

test("its own end is as far away as runs like it take", () => {
  const now = Date.now();
  const { start = 0, end = 0 } =
    estimate({ workers: [worker()], model, ahead: 2, averageMs: 1000, ownMs: 7000, now }) ?? {};
  assert.deepEqual([start - now, end - now], [1000, 8000]);
});

test("what runs already has to end first, and one that takes long may end any moment", () => {
  const busy = worker();
  const need = needOf(manifest, busy.capacity);
  busy.hold("1", { epoch: 1, modelId: 7, need });
  busy.hold("2", { epoch: 1, modelId: 7, need });
  busy.hold("3", { epoch: 1, modelId: 8, need });
  const since = busy.leases.get("1")?.since ?? 0;
  assert.equal((guess([busy], 0, 1000, since + 400)?.start ?? 0) - since, 1000);
  assert.equal((guess([busy], 0, 1000, since + 5000)?.start ?? 0) - since, 5000);
});
