/** Wire contract 10 and reliability (c) 66: what a socket that misbehaves or reads slowly costs, and whom. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import {
  type Caller,
  caller,
  isLast,
  type Platform,
  type Subscription,
  startPlatform,
  subscribe,
  temporaryFolder,
} from "@modelyard/testing";

let platform: Platform;
let own: Caller;

before(async () => {
  platform = await startPlatform({ dataDir: temporaryFolder("socket-limits") });
  own = caller(platform.url, platform.firstRun.projects.find(({ auth }) => auth === "apikey") as { apiKey: string });
});
after(() => platform.stop());

/** A socket that follows a task which cannot start; it must hear of its end whatever the others do. */
async function bystander(): Promise<{ check(): Promise<void> }> {
  const { taskid, socketaccesstoken } = await own.run("test/dollar");
  const socket = await subscribe(platform.url);
  socket.follow(socketaccesstoken);
  await socket.until(() => true);
  return {
    async check() {
      await own.call("Task/Cancel", { taskid });
      assert.deepEqual(
        (await socket.until(isLast)).map(({ type }) => type),
        ["task_queue", "task_cancel"],
      );
      await socket.close();
    },
  };
}

for (const [name, code, misbehave] of [
  ["says what is no JSON", 1007, (socket) => socket.send("not json")],
  ["says half of a message", 1007, (socket) => socket.send('{"type":"task_info"')],
  ["says invalid UTF-8", 1007, (socket) => socket.socket.send(Buffer.from([0xff, 0xfe]), { binary: false })],
  [
    "says 65 kB",
    1009,
    (socket) => socket.send(JSON.stringify({ type: "task_info", tasktoken: "x", pad: "x".repeat(65 * 1024) })),
  ],
  ["says 10 MB", 1009, (socket) => socket.send("x".repeat(10_000_000))],
  ["sends bytes first", 1003, (socket) => socket.send(Buffer.from([1, 2, 3]))],
] as [string, number, (socket: Subscription) => void][]) {
  test(`a client that ${name} is let go with ${code}, alone`, async () => {
    const other = await bystander();
    const socket = await subscribe(platform.url);
    misbehave(socket);
    assert.equal((await socket.closed).code, code);
    await other.check();
  });
}

test("a client that names no task is let go after ten seconds with 1008; one that named any may stay", async () => {
  const idle = await subscribe(platform.url);
  const named = await subscribe(platform.url);
  named.follow("x".repeat(30));
  assert.equal((await idle.closed).code, 1008);
  const { socketaccesstoken } = await own.run("test/echo", { prompt: "x" });
  named.follow(socketaccesstoken);
  await named.until(isLast);
  await named.close();
});

test("a thousand registrations of the same and of unknown tasks", async () => {
  const { socketaccesstoken } = await own.run("test/talk", { prompt: "x", words: 1 });
  const socket = await subscribe(platform.url);
  for (let n = 0; n < 1_000; n++) socket.follow(n % 2 === 0 ? socketaccesstoken : String(n).padStart(30, "x"), 0);
  const frames = await socket.until(isLast);
  assert.deepEqual(
    frames.map(({ seq }) => seq),
    frames.map((_, n) => n + 1),
  );
  await socket.close();
});

test("at most a hundred unfinished tasks on one socket; those that end make room", async () => {
  const tasks = await Promise.all(Array.from({ length: 110 }, () => own.run("test/dollar")));
  const socket = await subscribe(platform.url);
  for (const { socketaccesstoken } of tasks) socket.follow(socketaccesstoken);
  await socket.until((_, all) => all.length === 100);
  for (const { taskid } of tasks) await own.call("Task/Cancel", { taskid });
  await socket.until((_, all) => all.filter(isLast).length === 100);
  const heard = new Set(socket.frames.map(({ id }) => id));
  assert.deepEqual([heard.size, socket.frames.length], [100, 200]);
  for (const { taskid, socketaccesstoken } of tasks) if (!heard.has(taskid)) socket.follow(socketaccesstoken);
  await socket.until((_, all) => all.filter(isLast).length === 110);
  await socket.close();
});

test("a long log is replayed whole to a reader that takes its time; another one need not wait for it", async () => {
  const { taskid, socketaccesstoken } = await own.run("test/loud", { megabytes: 10 });
  const ended = await own.ended(taskid);
  assert.equal(ended.pexit, "0");
  const [slow, quick] = [await subscribe(platform.url), await subscribe(platform.url)];
  slow.follow(socketaccesstoken, 0);
  slow.socket.pause();
  quick.follow(socketaccesstoken, 0);
  const expected = await quick.until(isLast);
  assert.ok(!slow.frames.some(isLast));
  slow.socket.resume();
  const frames = await slow.until(isLast);
  assert.deepEqual(slow.faults, []);
  assert.deepEqual(
    frames.map(({ seq }) => seq),
    Array.from({ length: ended.modelyard.lastevent }, (_, n) => n + 1),
  );
  assert.deepEqual(frames, expected);
  const texts = frames.map(({ message }) => (typeof message === "string" ? message.length : 0));
  assert.ok(texts.reduce((sum, length) => sum + length, 0) > 8 * 1024 * 1024, "both streams, 4 MiB each");
  await slow.close();
  await quick.close();
});

/** MiB of physical memory of the server's process. */
const resident = () =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${platform.process.pid}/status`, "utf8"))?.[1]) / 1024;

const LOUD = 3;
const SLOW = 10;

/** Highest memory while three models print 4 MiB on each stream, followed by one good reader and, with `slow`, ten that do not read. */
async function peakWhileLoud(slow: number): Promise<{ peak: number; sockets: Subscription[] }> {
  const sockets = await Promise.all(Array.from({ length: slow }, () => subscribe(platform.url)));
  const good = await subscribe(platform.url);
  const tasks = await Promise.all(Array.from({ length: LOUD }, () => own.run("test/loud", { megabytes: 10 })));
  for (const { socketaccesstoken } of tasks)
    for (const socket of [good, ...sockets]) socket.follow(socketaccesstoken, 0);
  for (const { socket } of sockets) socket.pause();
  let peak = resident();
  const watch = setInterval(() => (peak = Math.max(peak, resident())), 20);
  const frames = await good.until((_, all) => all.filter(isLast).length === LOUD);
  clearInterval(watch);
  for (const { taskid } of tasks) {
    const seqs = frames.filter(({ id }) => id === taskid).map(({ seq }) => seq);
    assert.deepEqual(
      seqs,
      seqs.map((_, n) => n + 1),
      "a good reader misses nothing",
    );
  }
  await good.close();
  return { peak, sockets };
}

test("readers that do not read are let go with 1013 and cost at most 8 MiB each; the others are not disturbed", async (t) => {
  await peakWhileLoud(0);
  await peakWhileLoud(0);
  const { peak: without } = await peakWhileLoud(0);
  const { peak, sockets } = await peakWhileLoud(SLOW);
  t.diagnostic(`server: ${without.toFixed(0)} MiB without, ${peak.toFixed(0)} MiB with ${SLOW} slow readers`);
  for (const { socket } of sockets) socket.resume();
  for (const socket of sockets) assert.equal((await socket.closed).code, 1013);
  assert.ok(peak - without <= SLOW * 8, `grew by ${(peak - without).toFixed(0)} MiB for ${SLOW} slow readers`);
});
