// Comments and ratings: one of each account that has run the model; the catalogue's averages; reports and what operators do. On both stores.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { STORES, startTestServer, type TestServer } from "@modelyard/testing";

const MODEL = { slugowner: "test", slugproject: "noop" };

for (const store of STORES) {
  describe(`comments (${store.kind})`, () => {
    let host: TestServer;
    before(async () => {
      host = await startTestServer(store);
    });
    after(() => host.close());

    const tool = async () => {
      const response = await fetch(`${host.server.url}/v1/Tool/Detail`, {
        method: "POST",
        body: JSON.stringify(MODEL),
      });
      const [found] = ((await response.json()) as { tool: Record<string, string>[] }).tool;
      return [found?.averagepoint, found?.commentcount, found?.ratedusercount];
    };
    const listed = async () => {
      const response = await fetch(`${host.server.url}/v1/Comment/List`, {
        method: "POST",
        body: JSON.stringify(MODEL),
      });
      return ((await response.json()) as { comments: { id: string; name: string; text: string; points: number }[] })
        .comments;
    };
    const member = async (name: string) => {
      const visitor = await host.member(`${name}@test.example`);
      await visitor.account("Rename", { name });
      const { project } = (await visitor.api("Project/Create", { name, authmethod: "apikey" })).body;
      const { uuid } = (await visitor.account("Me")).body.account;
      const operator = await host.operator();
      await operator.api("Admin/Credit", { uuid, amount: "20", note: "test", reference: `comments-${name}` });
      return { visitor, project };
    };

    test("only who has run the model rates it; a second opinion replaces the first; averages follow", async () => {
      const ada = await member("Ada");
      const opinion = { ...MODEL, points: 4, text: "  Quick, and it does nothing. <b>Really</b>  " };
      const refused = (await ada.visitor.api("Comment/Save", opinion)).body;
      assert.equal(refused.result, false);
      assert.match(refused.errors[0].message, /has run this model/);
      assert.equal((await ada.visitor.api("Comment/Mine", MODEL)).body.allowed, false);

      await ada.visitor.api("Run/test/noop", {});
      assert.equal((await ada.visitor.api("Comment/Mine", MODEL)).body.allowed, true);
      for (const points of [0, 6, "x", ""])
        assert.equal(
          (await ada.visitor.api("Comment/Save", { ...opinion, points })).body.result,
          false,
          String(points),
        );
      assert.equal((await ada.visitor.api("Comment/Save", { ...opinion, text: "a".repeat(2_001) })).body.result, false);
      assert.equal((await ada.visitor.api("Comment/Save", opinion)).body.result, true);
      assert.deepEqual(await tool(), ["4", "1", "1"]);
      assert.deepEqual(
        (await listed()).map(({ name, text }) => [name, text]),
        [["Ada", "Quick, and it does nothing. <b>Really</b>"]],
      );

      const bob = await member("Bob");
      await bob.visitor.api("Run/test/noop", {});
      await bob.visitor.api("Comment/Save", { ...MODEL, points: 1 });
      assert.deepEqual(await tool(), ["2.5", "1", "2"]);
      assert.equal((await listed()).length, 1, "points alone are no comment");

      await ada.visitor.api("Comment/Save", { ...opinion, points: 5, text: "Better now." });
      assert.deepEqual(await tool(), ["3", "1", "2"]);
      await bob.visitor.api("Comment/Delete", MODEL);
      assert.deepEqual(await tool(), ["5", "1", "1"]);
    });

    test("a comment is reported, an operator reads that and removes it; members cannot", async () => {
      const [comment] = await listed();
      const eve = await member("Eve");
      assert.equal((await eve.visitor.api("Comment/Remove", { commentid: comment?.id })).body.result, false);
      assert.equal((await eve.visitor.api("Report/List")).body.result, false);
      assert.equal((await eve.visitor.api("Comment/Report", { commentid: "999999", details: "x" })).body.result, false);
      await eve.visitor.api("Comment/Report", { commentid: comment?.id, details: "Not true." });

      const operator = await host.operator();
      const [report] = (await operator.api("Report/List")).body.reports;
      assert.equal(report.details, "Not true.");
      assert.equal(report.comment.text, "Better now.");
      await operator.api("Comment/Remove", { commentid: comment?.id });
      assert.deepEqual(await tool(), ["0", "0", "0"]);
      assert.equal((await operator.api("Report/List")).body.reports[0].comment, null);
      assert.equal((await operator.api("Report/Close", { reportid: report.id })).body.result, true);
      assert.equal((await operator.api("Report/Close", { reportid: report.id })).body.result, false);
      assert.deepEqual((await operator.api("Report/List")).body.reports, []);
    });
  });
}
