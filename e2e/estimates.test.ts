// How long a run takes is told for what was chosen: before it, while it waits and while it runs; known again after a restart.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { formatUsd, parseUsd, USD } from "@modelyard/contract";
import { apiCall, STORES, startTestServer } from "@modelyard/testing";

for (const store of STORES)
  describe(`estimates (${store.kind})`, () => {
    test("runs with the same options count, all of the model where those are too few", async (t) => {
      const host = await startTestServer(store);
      t.after(() => host.close());
      const { url } = host.server;
      await host.worker();
      const { client } = await host.account(500n * USD);
      const quote = async (seconds: number | undefined) =>
        (
          await apiCall(
            url,
            "Tool/Quote",
            { slugowner: "test", slugproject: "wait", parameters: seconds === undefined ? {} : { seconds } },
            {},
          )
        ).body.quote;
      assert.deepEqual([(await quote(1)).estimatedseconds, (await quote(1)).estimatedmost], [null, null]);
      const run = async (seconds: number) => client.wait(await client.run("test/wait", { seconds }));
      for (let n = 0; n < 3; n++) await Promise.all([run(0), run(1.5)]);
      const [quick, slow, unseen] = [await quote(0), await quote(1.5), await quote(1)];
      assert.ok(quick.estimatedseconds < 1, `${quick.estimatedseconds}`);
      assert.ok(slow.estimatedseconds >= 1 && slow.estimatedmost >= slow.estimatedseconds, JSON.stringify(slow));
      // Of six runs the third fastest is a quick one, and the slowest a slow one.
      assert.ok(unseen.estimatedseconds < 1 && unseen.estimatedmost >= 1, JSON.stringify(unseen));

      const { body } = await apiCall(url, "Tool/Detail", { slugowner: "test", slugproject: "wait" }, {});
      const { alike } = body.tool[0].modelyard;
      assert.equal(alike.length, 2);
      assert.deepEqual(alike.map(({ p50 }: { p50: number }) => p50 >= 1).toSorted(), [false, true]);
      // The fixture costs $0.001 a second.
      const [least, most] = alike.map(({ cost }: { cost: string }) => Number(cost)).toSorted();
      assert.ok(least < 0.001 && most >= 0.0015 && most < 0.003, JSON.stringify(alike));
      const typical = Number(body.tool[0].modelyard.typicalcost);
      assert.ok(typical >= least && typical < 0.001, `${typical}`);

      const task = await client.run("test/wait", { seconds: 1.5 });
      let facts = (await client.detail(task)).modelyard;
      while (facts.estimatedend === null) facts = (await client.detail(task)).modelyard;
      assert.ok(facts.estimatedend - (facts.estimatedstart ?? 0) >= 1, JSON.stringify(facts));
      await client.wait(task);
    });

    test("they are known again by a server that starts", async (t) => {
      const host = await startTestServer(store);
      t.after(() => host.close());
      const { db } = host.server;
      await host.worker();
      const { client } = await host.account(500n * USD);
      for (let n = 0; n < 3; n++) await client.wait(await client.run("test/echo", { prompt: "short" }));
      const costs = (await client.tasks()).tasks.map(({ totalcost }) => Number(totalcost)).toSorted((a, b) => a - b);
      const rows = await db.all<{ likeness: string }>("select likeness from task", []);
      assert.equal(new Set(rows.map(({ likeness }) => likeness)).size, 1);
      const { createModelStats } = await import("@modelyard/server/parts");
      const again = await createModelStats(db, () => {});
      t.after(() => again.close());
      const [model] = await db.all<{ model_id: number }>("select model_id from task limit 1", []);
      const [alike] = again.timesAlike(Number(model?.model_id));
      assert.equal(alike?.likeness, rows[0]?.likeness);
      assert.equal(formatUsd(alike?.times.cost ?? -1n), formatUsd(parseUsd(String(costs[1]))));
    });
  });
