/** Wire contract 12 through the API: what a run would cost, what is held, what is billed and of which lines. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { ToolQuoteResponse, USD } from "@modelyard/contract";
import { audit } from "@modelyard/server";
import {
  caller,
  type FakeWorker,
  fakeWorker,
  finish,
  post,
  refused,
  STORES,
  startTestServer,
  type TestServer,
  WHOLE_RUN,
} from "@modelyard/testing";

for (const store of STORES) {
  describe(`prices on ${store.kind}`, () => {
    let t: TestServer;
    let worker: FakeWorker;
    before(async () => {
      t = await startTestServer(store);
      worker = await fakeWorker(t.server, { slots: 4 });
    });
    after(async () => {
      await worker.close();
      assert.deepEqual(await audit(t.server.db), []);
      await t.close();
    });
    const ask = async (slugproject: string, parameters?: unknown) => {
      const body = JSON.stringify({ slugowner: "test", slugproject, parameters });
      const answer = await post(`${t.server.url}/v1/Tool/Quote`, { "content-type": "application/json" }, body);
      return ToolQuoteResponse.parse(answer.body).quote;
    };

    test("a quote before the run, open to everybody, with what is still missing left out", async () => {
      const fixed = await ask("talk", {});
      assert.deepEqual(
        [fixed.method, fixed.hold, fixed.exact, fixed.lines],
        [
          "cpr",
          "0.003000000000",
          true,
          [{ unit: "run", quantity: 1, price: "0.003000000000", amount: "0.003000000000" }],
        ],
      );
      const timed = await ask("echo", JSON.stringify({ steps: 5 }));
      assert.deepEqual([timed.method, timed.hold, timed.exact, timed.lines], ["cps", "0.030000000000", false, []]);
      assert.deepEqual([timed.average, timed.estimatedseconds], [null, null]);
      const wrong = (parameters: unknown, slugproject = "echo") =>
        post(`${t.server.url}/v1/Tool/Quote`, {}, JSON.stringify({ slugowner: "test", slugproject, parameters }));
      await refused(wrong({ steps: 500 }), { code: 0, message: /must be between 0 and 100/ });
      await refused(wrong("[1]"), { code: 0, message: "Request parameters are invalid." });
      await refused(wrong("{"), { code: 0, message: "Request parameters are invalid." });
      await refused(wrong({}, "nothing"), { code: 1, message: "slug-owner-project-not-exist" });
    });

    /** Runs `model` and lets the worker end it with this; the task afterwards. */
    async function run(model: string, body: object, end: Parameters<typeof finish>[0]) {
      const own = caller(t.server.url, await t.account(50n * USD));
      const { taskid } = await own.run(model, body);
      const lease = await worker.next("assign");
      assert.ok(await worker.report(lease, 1, WHOLE_RUN, finish(end)));
      return own.ended(taskid);
    }

    test("seconds: the bill's line is the amount, and the quote knows the average afterwards", async () => {
      // The server never bills more time than the attempt took, so the run must really last.
      const own = caller(t.server.url, await t.account(50n * USD));
      const { taskid } = await own.run("test/echo", { prompt: "x" });
      const lease = await worker.next("assign");
      await new Promise((resolve) => setTimeout(resolve, 60));
      assert.ok(await worker.report(lease, 1, WHOLE_RUN, finish({ elapsedMs: 50 })));
      const task = await own.ended(taskid);
      assert.equal(task.totalcost, "0.000025000000");
      assert.deepEqual(task.modelyard.price.lines, [
        { unit: "second of run time", quantity: 0.05, price: "0.000500000000", amount: "0.000025000000" },
      ]);
      const { average, estimatedseconds } = await ask("echo", {});
      assert.deepEqual([average, estimatedseconds], ["0.000025000000", 0.05]);
    });

    test("characters are billed as they were quoted", async () => {
      const quoted = await ask("priced", { unit: "characters", prompt: "ten letters" });
      assert.deepEqual([quoted.exact, quoted.hold], [true, "0.011000000000"]);
      const task = await run("test/priced", { unit: "characters", prompt: "ten letters" }, {});
      assert.equal(task.totalcost, "0.011000000000");
      assert.equal(task.modelyard.price.lines[0]?.quantity, 11);
    });

    test("pixels, tokens and video are billed as measured, with what was held beyond given back", async () => {
      const pixels = await run(
        "test/priced",
        { unit: "pixels" },
        { usage: { outputPixels: [3 * 1024 * 1024], inputPixels: [10] } },
      );
      assert.equal(pixels.modelyard.price.hold, "2.000000000000");
      assert.equal(pixels.totalcost, "0.350000000000");
      assert.deepEqual(
        pixels.modelyard.price.lines.map(({ quantity, amount }) => [quantity, amount]),
        [
          [1, "0.100000000000"],
          [2, "0.200000000000"],
          [1, "0.050000000000"],
        ],
      );
      const tokens = await run("test/priced", { unit: "tokens" }, { usage: { reported: { tokens: 1200 } } });
      assert.equal(tokens.totalcost, "0.012000000000");
      const video = await run("test/priced", { unit: "video" }, { usage: { videoMs: 4_000 } });
      assert.equal(video.totalcost, "0.400000000000");
    });

    test("(c) 91 what a model reports of its own cost is believed within the hold only", async () => {
      for (const [usd, expected, note] of [
        ["0.02", "0.020000000000", null],
        ["-5", "0.000000000000", /could not be measured/],
        ["1e99", "0.000000000000", /could not be measured/],
        ["100", "0.000000000000", /reported more than/],
      ] as const) {
        const task = await run("test/priced", { unit: "reported" }, { usage: { reported: { usd } } });
        assert.equal(task.totalcost, expected, usd);
        if (note === null) assert.equal(task.modelyard.price.note, null);
        else assert.match(task.modelyard.price.note ?? "", note);
      }
    });

    test("a failure has no bill", async () => {
      const task = await run("test/priced", { unit: "pixels" }, { exitCode: 1, usage: { outputPixels: [1] } });
      assert.deepEqual([task.totalcost, task.modelyard.price.lines, task.modelyard.price.captured], ["0", [], null]);
    });
  });
}
