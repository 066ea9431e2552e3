/** What many subscribers of one task do to each other: nothing. The log is an array here; the bus is the real one. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Frame, TaskEvent } from "@modelyard/contract";
import { memoryBus } from "../bus/memory.ts";
import { newsTopic } from "../tasks/lifecycle.ts";
import { Channel, type Subscriber } from "./channel.ts";

function stage() {
  const log: TaskEvent[] = [];
  const bus = memoryBus();
  const channel = new Channel({ id: 7, token: "t" }, bus, {
    events: async (_taskId, after) => log.filter(({ seq }) => seq > after).slice(0, 100),
    ending: async () => ({ status: "task_postprocess_end", terminal: true }),
  });
  return {
    channel,
    say(text: string) {
      const event: TaskEvent = { seq: log.length + 1, type: "task_output", at: 1, body: { kind: "text", text } };
      log.push(event);
      bus.publish(newsTopic(7), { events: [event], status: "task_output" });
    },
  };
}

/** A reader; while `stuck`, a replay waits for it. */
function reader() {
  const seqs: number[] = [];
  let free = Promise.resolve();
  let release = () => {};
  const subscriber: Subscriber = {
    send: (frame) => seqs.push((JSON.parse(frame) as Frame).seq) > 0,
    drained: () => free.then(() => true),
    ended: () => {},
  };
  return {
    seqs,
    subscriber,
    stick() {
      free = new Promise((resolve) => (release = resolve));
    },
    release: () => release(),
  };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
const upTo = (n: number) => Array.from({ length: n }, (_, index) => index + 1);

test("a reader whose replay waits does not hold back the others", async () => {
  const { channel, say } = stage();
  for (let n = 0; n < 300; n++) say("x");
  const [slow, quick] = [reader(), reader()];
  slow.stick();
  const joining = channel.join(slow.subscriber, 0);
  await turn();
  await channel.join(quick.subscriber, 300);
  say("live");
  await turn();
  assert.deepEqual(quick.seqs, [301]);
  assert.deepEqual(slow.seqs, []);
  slow.release();
  await joining;
  say("more");
  await turn();
  assert.deepEqual(slow.seqs, upTo(302));
});

test("the last subscriber's leaving does not take the channel from one who is still joining", async () => {
  const { channel, say } = stage();
  say("x");
  const [first, second] = [reader(), reader()];
  await channel.join(first.subscriber, 0);
  second.stick();
  const joining = channel.join(second.subscriber, 0);
  await turn();
  channel.leave(first.subscriber);
  assert.equal(channel.isEmpty, false);
  second.release();
  await joining;
  say("y");
  await turn();
  assert.deepEqual(second.seqs, [1, 2]);
  channel.leave(second.subscriber);
  assert.equal(channel.isEmpty, true);
});

test("one who leaves in the middle of joining is not kept", async () => {
  const { channel, say } = stage();
  say("x");
  const only = reader();
  only.stick();
  const joining = channel.join(only.subscriber, 0);
  await turn();
  channel.leave(only.subscriber);
  only.release();
  await joining;
  assert.equal(channel.isEmpty, true);
  say("y");
  await turn();
  assert.ok(!only.seqs.includes(2));
});

test("events that were published while a replay was under way come once, in order", async () => {
  const { channel, say } = stage();
  for (let n = 0; n < 250; n++) say("x");
  const one = reader();
  const joining = channel.join(one.subscriber, 10);
  for (let n = 0; n < 50; n++) {
    say("y");
    if (n % 7 === 0) await turn();
  }
  await joining;
  say("z");
  await turn();
  assert.deepEqual(one.seqs, upTo(301).slice(10));
});
