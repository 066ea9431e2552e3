/** Fault matrix: the server is killed while callbacks are owed and sent (W1). */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { allEnded } from "./support/load.ts";
import { choose, seeded } from "./support/mode.ts";
import { until } from "./support/programs.ts";
import { Site } from "./support/site.ts";

const kills = choose(4, 1_000);

test(`${kills} server kills: every task that ended has called back at least once, under one id`, async (t) => {
  const { random } = seeded(t);
  /** Ids of messages, by the order that the caller named in the address. */
  const heard = new Map<string, Set<string>>();
  const receiver = createServer((request, response) => {
    request.resume();
    const order = (request.url ?? "").slice(1);
    heard.set(order, (heard.get(order) ?? new Set()).add(String(request.headers["webhook-id"])));
    // Some answers take as long as the server may have left to live.
    setTimeout(() => response.end("thanks"), random(300));
  }).listen(0, "127.0.0.1");
  await once(receiver, "listening");
  t.after(() => {
    receiver.closeAllConnections();
    receiver.close();
  });
  const host = `127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  const site = await Site.start(t, { args: [`--allow-hosts=${host}`] });
  await site.worker("w", 4);
  const client = site.client();
  const orders = new Map<string, string>();
  let isOver = false;
  const caller = async (name: string) => {
    for (let n = 0; !isOver && !site.closed; n++) {
      const order = `${name}-${n}`;
      const run = client.run("fault/work", { ms: random(100), callbackUrl: `http://${host}/${order}` });
      const started = await run.catch(() => undefined);
      if (started) orders.set(order, started.taskid);
      await sleep(60);
    }
  };
  const callers = Promise.all(["a", "b", "c"].map(caller));
  for (let n = 0; n < kills; n++) {
    await sleep(300 + random(700));
    await site.server?.end("SIGKILL");
    await site.startServer();
  }
  isOver = true;
  await callers;
  await allEnded(site, orders.values(), 60_000);
  const silent = () => [...orders.keys()].filter((order) => !heard.has(order));
  // A claim that died with its server is free again when the next one starts; an attempt that broke off comes again within seconds.
  await until("all have called back", 60_000, () => silent().length === 0).catch((error: Error) => {
    throw new Error(`${error.message}: ${silent().length} of ${orders.size} have not, such as ${silent()[0]}`);
  });
  for (const [order, ids] of heard) assert.equal(ids.size, 1, `the messages of ${order} have one id`);
  await site.verdict(orders.values());
  t.diagnostic(`${kills} kills, ${orders.size} acknowledged tasks, each called back`);
});
