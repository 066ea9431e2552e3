// Links to runs: who has one sees the run and nothing of its account; inputs can be kept back; a link ends, is revoked, or goes with its account.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { SharedRunResponse } from "@modelyard/contract";
import { PASSWORD, STORES, startTestServer, type TestServer, type TestVisitor } from "@modelyard/testing";

for (const store of STORES) {
  describe(`shares (${store.kind})`, () => {
    let host: TestServer;
    let owner: TestVisitor;
    let taskid: string;
    const open = async (url: string) => {
      const token = url.split("/").at(-1);
      const response = await fetch(`${host.server.url}/v1/Share/Detail`, {
        method: "POST",
        body: JSON.stringify({ token }),
      });
      return { status: response.status, text: await response.text() };
    };

    before(async () => {
      host = await startTestServer(store);
      owner = await host.member("sharer@test.example");
      await owner.account("Rename", { name: "Canary Sharer" });
      await owner.api("Project/Create", { name: "Canary Project", authmethod: "apikey" });
      const { uuid } = (await owner.account("Me")).body.account;
      await (await host.operator()).api("Admin/Credit", { uuid, amount: "20", note: "x", reference: "shares-1" });
      taskid = (await owner.api("Run/test/picture", { prompt: "canary prompt" })).body.taskid;
    });
    after(() => host.close());

    test("a link shows the run with its inputs, and nothing of the account", async () => {
      const { share } = (await owner.api("Share/Create", { taskid })).body;
      assert.match(share.url, /\/shared\/[A-Za-z0-9]{30}$/);
      const seen = await open(share.url);
      const { run } = SharedRunResponse.parse(JSON.parse(seen.text));
      assert.equal(run.model, "test/picture");
      assert.equal(run.parameters?.prompt, "canary prompt");
      for (const word of ["Canary", "sharer@", "socketaccesstoken", "projectid", "totalcost"])
        assert.ok(!seen.text.includes(word), word);
      assert.deepEqual(
        (await owner.api("Share/List", { taskid })).body.shares.map(({ url }: { url: string }) => url),
        [share.url],
      );

      await owner.api("Share/Revoke", { shareid: share.id });
      const gone = await open(share.url);
      assert.equal(gone.status, 404);
      assert.equal((await owner.api("Share/Revoke", { shareid: share.id })).body.result, false);
      assert.deepEqual((await owner.api("Share/List", { taskid })).body.shares, []);
    });

    test("inputs can be kept back; an end in the past is refused; nobody shares or revokes what is not theirs", async () => {
      const { share } = (await owner.api("Share/Create", { taskid, hideinputs: true })).body;
      const seen = await open(share.url);
      assert.equal(SharedRunResponse.parse(JSON.parse(seen.text)).run.parameters, null);
      assert.ok(!seen.text.includes("canary prompt"));
      assert.equal((await owner.api("Share/Create", { taskid, expires: "1000" })).body.result, false);
      const other = await host.member("other@test.example");
      const foreign = (await other.api("Share/Create", { taskid })).body;
      assert.deepEqual(foreign.errors, (await other.api("Share/Create", { taskid: "987654321" })).body.errors);
      assert.equal((await other.api("Share/Revoke", { shareid: share.id })).body.result, false);
      assert.equal((await open(share.url)).status, 200);
      assert.equal((await open("x/short")).status, 404);
    });

    test("a link ends at its time, and with its account", async () => {
      const soon = String(Math.floor(Date.now() / 1000) + 2);
      const ending = (await owner.api("Share/Create", { taskid, expires: soon })).body.share;
      assert.equal(ending.expires, soon);
      assert.equal((await open(ending.url)).status, 200);
      const staying = (await owner.api("Share/Create", { taskid })).body.share;
      for (let round = 0; round < 50 && (await open(ending.url)).status === 200; round++)
        await new Promise((resolve) => setTimeout(resolve, 200));
      assert.equal((await open(ending.url)).status, 404);
      assert.equal((await open(staying.url)).status, 200);
      await owner.api("Task/Kill", { taskid });
      const deleted = await owner.account("Delete", { current: PASSWORD, forfeit: true });
      assert.equal(deleted.body.result, true, JSON.stringify(deleted.body));
      assert.equal((await open(staying.url)).status, 404);
    });
  });
}
