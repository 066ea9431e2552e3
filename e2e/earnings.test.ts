/** Revenue: a price is divided when it is charged, publishers see what they earned, payouts are noted once. Projects and tokens end. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { AdminPublishersResponse, EarningsResponse, USD } from "@modelyard/contract";
import { audit } from "@modelyard/server";
import {
  caller,
  type FakeWorker,
  fakeWorker,
  finish,
  post,
  STORES,
  startTestServer,
  type TestServer,
  type TestVisitor,
  WHOLE_RUN,
} from "@modelyard/testing";

const message = ({ body }: { body: { errors?: { message: string }[] } }) => body.errors?.[0]?.message ?? "";

for (const store of STORES) {
  describe(`earnings on ${store.kind}`, () => {
    let t: TestServer;
    let worker: FakeWorker;
    let operator: TestVisitor;
    let author: TestVisitor;
    let uuid: string;
    before(async () => {
      t = await startTestServer(store);
      worker = await fakeWorker(t.server, { slots: 8 });
      operator = await t.operator();
      author = await t.member();
      uuid = ((await author.account("Me")).body.account as { uuid: string }).uuid;
    });
    after(async () => {
      await worker.close();
      assert.deepEqual(await audit(t.server.db), []);
      await t.close();
    });

    const earned = async (who = author) => EarningsResponse.parse((await who.api("Earnings/Detail")).body);
    async function run(outcome: Parameters<typeof finish>[0] = {}): Promise<void> {
      const own = caller(t.server.url, await t.account(50n * USD));
      const { taskid } = await own.run("test/talk", { prompt: "x" });
      const lease = await worker.next("assign");
      await worker.report(lease, 1, WHOLE_RUN, finish(outcome));
      await own.ended(taskid);
    }

    test("the publisher gets its share of what is charged from then on, the platform the rest", async () => {
      await run();
      const before = await earned();
      assert.deepEqual([before.publishers, before.models], [[], []]);
      const set = await operator.api("Admin/PublisherSet", { owner: "TEST", uuid, share: "0.7" });
      // What was charged before belongs to the name; it is the publisher's now that it has one.
      assert.equal(AdminPublishersResponse.parse(set.body).publishers[0]?.earned, "0.003000000000");
      await run();
      await run({ exitCode: 1 });
      const { publishers, models } = await earned();
      assert.deepEqual(publishers, [
        { owner: "test", share: "0.7", earned: "0.005100000000", paidout: "0.000000000000", balance: "0.005100000000" },
      ]);
      assert.deepEqual(models, [{ model: "test/talk", runs: "2", amount: "0.005100000000" }]);
      const [rest] = await t.server.db.all<{ amount: string }>(
        "select cast(sum(amount) as text) as amount from ledger_transfer where credit = 'revenue:platform'",
        [],
      );
      assert.equal(rest?.amount, String((3_000_000n * 3n) / 10n));
      assert.deepEqual((await earned(await t.member())).publishers, [], "nobody else sees it");
    });

    test("a payout is noted once, and never more than was earned", async () => {
      const pay = (fields: object) => operator.api("Admin/Payout", { owner: "test", note: "November", ...fields });
      assert.match(message(await pay({ amount: "1", reference: "too-much" })), /does not have that much/);
      for (let again = 0; again < 2; again++) {
        const paid = AdminPublishersResponse.parse((await pay({ amount: "0.005", reference: "inv-1" })).body)
          .publishers[0];
        assert.deepEqual([paid?.paidout, paid?.balance], ["0.005000000000", "0.000100000000"]);
      }
      assert.match(message(await pay({ amount: "0.0001", reference: "inv-1" })), /was used for something else/);
      const { payouts } = await earned();
      assert.deepEqual(
        payouts.map(({ owner, amount, note }) => [owner, amount, note]),
        [["test", "0.005000000000", "November"]],
      );
      const together = await Promise.all(["a", "b", "c"].map((reference) => pay({ amount: "0.0001", reference })));
      assert.equal(together.filter(({ body }) => body.result === true).length, 1, "the rest is paid out once");
    });

    test("only operators decide, and about models that there are", async () => {
      for (const [path, fields] of [
        ["Admin/PublisherList", {}],
        ["Admin/PublisherSet", { owner: "test", uuid, share: "1" }],
        ["Admin/Payout", { owner: "test", amount: "1", note: "x", reference: "y" }],
      ] as const)
        assert.equal(message(await author.api(path, fields)), "You don't have any permission for this action.");
      assert.match(
        message(await operator.api("Admin/PublisherSet", { owner: "nobody", uuid, share: "1" })),
        /has no models here/,
      );
      assert.match(
        message(await operator.api("Admin/PublisherSet", { owner: "platform", uuid, share: "1" })),
        /has no models here/,
      );
      assert.match(
        message(await operator.api("Admin/PublisherSet", { owner: "test", uuid, share: "1.5" })),
        /from 0 to 1/,
      );
      assert.equal(
        message(await operator.api("Admin/PublisherSet", { owner: "test", uuid: "none", share: "1" })),
        "account-not-exist",
      );
    });

    test("a removed project's keys end at once and it is gone from lists; a browser's token can be ended alone", async () => {
      const member = await t.member();
      const made = (await member.api("Project/Create", { name: "Short", authmethod: "apikey" })).body as {
        project: { id: string };
        key: { apikey: string };
      };
      const ask = (headers: Record<string, string>) => post(`${t.server.url}/v1/Task/Stat`, headers, "{}");
      const token = (
        await member.api("Token/Create", { projectid: made.project.id, models: ["test/talk"], spend: "1", minutes: 5 })
      ).body as { id: string; token: string };
      const detail = (bearer: string) =>
        post(`${t.server.url}/v1/Task/Detail`, { authorization: `Bearer ${bearer}` }, JSON.stringify({ taskid: 1 }));
      assert.equal(message((await detail(token.token)) as never), "There is no task yet.");
      const other = await t.member();
      assert.equal(message(await other.api("Token/Revoke", { id: token.id })), "key-not-exist");
      assert.equal((await member.api("Token/Revoke", { id: token.id })).body.result, true);
      assert.equal(message((await detail(token.token)) as never), "Authorization bearer token is invalid.");
      assert.equal(((await ask({ "x-api-key": made.key.apikey })).body as { result: boolean }).result, true);
      assert.equal(message(await other.api("Project/Remove", { projectid: made.project.id })), "project-not-exist");
      assert.equal((await member.api("Project/Remove", { projectid: made.project.id })).body.result, true);
      assert.equal(
        message((await ask({ "x-api-key": made.key.apikey })) as never),
        "Project authorization is not founded.",
      );
      const { project } = (await member.api("Project/List")).body as { project: { id: string }[] };
      assert.ok(!project.some(({ id }) => id === made.project.id));
    });

    test("a known key that is turned away is in its account's log, once a minute", async () => {
      const member = await t.member();
      const made = (await member.api("Project/Create", { name: "Signed", authmethod: "signature" })).body as {
        key: { id: string; apikey: string };
      };
      for (let n = 0; n < 3; n++)
        await post(
          `${t.server.url}/v1/Task/Stat`,
          { "x-api-key": made.key.apikey, "x-nonce": "1", "x-signature": "00" },
          "{}",
        );
      const seen = async () =>
        ((await member.api("Audit/List")).body.entries as { action: string; target: string; outcome: string }[]).filter(
          ({ action }) => action === "key.refused",
        );
      for (let n = 0; n < 50 && (await seen()).length === 0; n++)
        await new Promise((resolve) => setTimeout(resolve, 20));
      assert.deepEqual(
        (await seen()).map(({ target, outcome }) => [target, outcome]),
        [[`key ${made.key.id}`, "signatureWrong"]],
      );
    });
  });
}
