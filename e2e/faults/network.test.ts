/** Fault matrix: the connection between worker and server breaks off, stalls half open, or is slow (T3, T4). */
import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { allEnded, startLoad } from "./support/load.ts";
import { choose, seeded } from "./support/mode.ts";
import { until } from "./support/programs.ts";
import { Site } from "./support/site.ts";

interface Line {
  url: string;
  /** Milliseconds that every chunk takes on its way; 0 = none. */
  delayMs: number;
  /** Nothing gets through, in either direction, and nobody is told. */
  isSilent: boolean;
  /** Ends every connection with a reset. Returns how many there were. */
  reset(): number;
}

/** A line between worker and server that the test has in its hand. */
async function line(t: TestContext, to: string): Promise<Line> {
  const target = new URL(to);
  const open = new Set<Socket>();
  const self: Line = {
    url: "",
    delayMs: 0,
    isSilent: false,
    reset() {
      const count = open.size / 2;
      for (const socket of open) socket.resetAndDestroy();
      return count;
    },
  };
  const carry = (from: Socket, into: Socket) => {
    let last = Promise.resolve();
    from.on("data", (chunk) => {
      from.pause();
      last = last.then(async () => {
        if (self.delayMs > 0) await sleep(self.delayMs);
        while (self.isSilent && !from.destroyed) await sleep(50);
        if (into.writable) into.write(chunk);
        from.resume();
      });
    });
    // An end that is told overtakes nothing, and goes missing while the line is silent.
    from.on("close", () => void last.then(() => !self.isSilent && into.destroy()));
    from.on("error", () => {});
    open.add(from);
    from.once("close", () => open.delete(from));
  };
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    carry(near, far);
    carry(far, near);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  self.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  t.after(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return self;
}

const resets = choose(15, 500);

test(`${resets} resets at random moments: no task is lost, fails or is charged twice`, async (t) => {
  const { random } = seeded(t);
  const site = await Site.start(t);
  const far = await line(t, site.url);
  await site.worker("far", 4, { server: far.url });
  const load = startLoad(site, { callers: 3, random, ms: 500, pauseMs: 50 });
  let cut = 0;
  for (let n = 0; n < resets; n++) {
    await sleep(random(700));
    far.delayMs = random(30);
    cut += far.reset();
  }
  await load.stop();
  await allEnded(site, load.acked, 60_000);
  const tasks = await site.verdict(load.acked);
  assert.deepEqual(
    tasks.filter(({ pexit }) => pexit !== "0").map(({ id }) => id),
    [],
  );
  t.diagnostic(`${cut} connections reset, ${tasks.length} tasks, none failed`);
});

const stalls = choose(1, 20);

test(`${stalls} times the line goes silent for longer than a lease: the worker lets go by itself, another one goes on`, async (t) => {
  const { random } = seeded(t);
  const site = await Site.start(t);
  const far = await line(t, site.url);
  await site.worker("far", 2, { server: far.url });
  const client = site.client();
  const acked: string[] = [];
  for (let stall = 0; stall < stalls; stall++) {
    const { taskid } = await client.run("fault/work", { ms: 40_000, family: true });
    acked.push(taskid);
    await until("it runs", 20_000, async () => (await client.detail({ taskid })).status === "task_output");
    far.isSilent = true;
    const began = Date.now();
    const near = await site.worker(`near-${stall}`, 2);
    await until("it was claimed again", 30_000, async () => (await client.detail({ taskid })).modelyard.attempts === 2);
    const ms = Date.now() - began;
    assert.ok(ms <= 21_000, `re-claimed after ${ms} ms`);
    await sleep(random(2_000));
    far.isSilent = false;
    await client.kill({ taskid });
    await near.end("SIGTERM");
    await until("the far worker is back", 30_000, async () => {
      const again = await client.run("fault/work", { ms: 0 });
      acked.push(again.taskid);
      return (await client.wait({ taskid: again.taskid }, { intervalMs: 50 })).pexit === "0";
    });
  }
  await site.verdict(acked);
});
