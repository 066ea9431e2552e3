// docs/api/runs.md, "Finding runs again": tags come with a run or afterwards, and runs are found by them; each account has its own.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { USD } from "@modelyard/contract";
import { apiCall, PASSWORD, STORES, startTestServer, type TestServer, until } from "@modelyard/testing";

for (const store of STORES)
  describe(`tags (${store.kind})`, () => {
    let host: TestServer;
    before(async () => {
      host = await startTestServer(store);
      await host.worker();
    });
    after(() => host.close());

    test("a run is started with tags, shows them, and is found by one or by several", async () => {
      const { apiKey, client } = await host.account(100n * USD);
      const start = (tags: readonly string[]) => client.run("test/noop", { prompt: "x" }, { tags });
      const both = await start(["spring", "shop:42"]);
      const one = await start(["spring"]);
      const none = await start([]);
      await client.wait(none);
      const found = async (tags: string[]) => (await client.tasks({ tags })).tasks.map(({ id }) => id);
      assert.deepEqual(await found(["spring"]), [one.taskid, both.taskid]);
      assert.deepEqual(await found(["spring", "shop:42"]), [both.taskid]);
      assert.deepEqual(await found(["Spring"]), []);
      assert.deepEqual(await found([]), [none.taskid, one.taskid, both.taskid]);
      // As text, and together with what is looked for in the rows.
      const list = (fields: object) => apiCall(host.server.url, "Task/List", fields, { "x-api-key": apiKey });
      assert.equal((await list({ tags: "shop:42, spring" })).body.total, "1");
      assert.equal((await list({ tags: "spring", search: one.taskid })).body.total, "1");
      assert.equal((await list({ tags: "spring", search: none.taskid })).body.total, "0");
      assert.deepEqual((await client.detail(both)).modelyard.tags, ["spring", "shop:42"]);
      assert.deepEqual((await list({ tags: "spring" })).body.tasklist[1].modelyard.tags, ["spring", "shop:42"]);
    });

    test("tags are changed while a run waits and after its end; the list of all follows", async () => {
      const { apiKey, client } = await host.account(100n * USD);
      const task = await client.run("test/noop", { prompt: "x" }, { tags: ["a", "b"] });
      assert.deepEqual((await client.tag(task, ["b", "c"])).modelyard.tags, ["b", "c"]);
      assert.equal((await client.wait(task)).modelyard.tags.join(), "b,c");
      const named = async () =>
        (await apiCall(host.server.url, "Task/TagList", {}, { "x-api-key": apiKey })).body.tags as object[];
      assert.deepEqual(await named(), [
        { tag: "b", runs: 1 },
        { tag: "c", runs: 1 },
      ]);
      await client.tag(task, ["c"]);
      const second = await client.run("test/noop", { prompt: "x" }, { tags: ["c"] });
      assert.deepEqual(await named(), [{ tag: "c", runs: 2 }]);
      await client.tag(task, []);
      await client.tag(second, []);
      assert.deepEqual([await named(), (await client.tasks({ tags: ["c"] })).total], [[], 0]);
      // Changes at once: one of them is what stays, and nothing is left of the others.
      await Promise.all(["x", "y", "z"].map((tag) => client.tag(task, [tag, "w"])));
      const kept = (await client.detail(task)).modelyard.tags;
      assert.deepEqual((await named()).map((row) => (row as { tag: string }).tag).toSorted(), [...kept].toSorted());
    });

    test("what is no tag is refused, and nothing is started or changed", async () => {
      const { apiKey, client } = await host.account(100n * USD);
      const call = (name: string, fields: object, headers: Record<string, string> = {}) =>
        apiCall(host.server.url, name, fields, { "x-api-key": apiKey, ...headers });
      for (const wrong of ["two words", "x".repeat(51), "<b>", Array.from({ length: 11 }, (_, n) => `t${n}`).join()]) {
        const { body } = await call("Run/test/noop", { prompt: "x" }, { "modelyard-tags": wrong });
        assert.match(body.errors[0].message, /^Tags are at most 10 words/, wrong);
      }
      assert.equal((await client.tasks()).total, 0);
      const task = await client.run("test/noop", { prompt: "x" }, { tags: ["kept"] });
      await assert.rejects(client.tag(task, ["no tag"]), /^ModelyardError: Tags are at most 10 words/);
      await assert.rejects(client.tag({ taskid: "999999" }, ["a"]), /no task/i);
      // What is neither text nor a tag names no task, and is no fault of the server's.
      for (const tags of ["a\0b", "two words", [{ toString: 1 }], { toString: 1 }, [["kept", null]], ["\ud800"]]) {
        const { status, body } = await call("Task/List", { tags });
        assert.deepEqual([status, body.total], [200, "0"], JSON.stringify(tags));
        const refused = await call("Task/Tags", { taskid: task.taskid, tags });
        assert.match(refused.body.errors[0].message, /^Tags are at most 10 words/, JSON.stringify(tags));
      }
      const odd = { toString: 1 };
      assert.equal((await call("Task/Events", { taskid: task.taskid, after: odd })).body.result, true);
      assert.equal((await call("Tool/List", { hideworkflows: odd })).body.result, true);
      assert.equal(
        (await call("Tool/Detail", { slugowner: "test", slugproject: "noop", summary: odd })).body.result,
        true,
      );
      assert.deepEqual((await client.detail(task)).modelyard.tags, ["kept"]);
    });

    test("another account neither sees nor changes them; a deleted account's are gone", async () => {
      const member = await host.member();
      const { uuid } = (await member.account("Me")).body.account;
      const money = { uuid, amount: "20", note: "test", reference: "tags" };
      assert.equal((await (await host.operator()).api("Admin/Credit", money)).body.result, true);
      const { key } = (await member.api("Project/Create", { name: "Mine", authmethod: "apikey" })).body;
      const headers = { "x-api-key": key.apikey, "modelyard-tags": "secret-launch" };
      const { taskid } = (await apiCall(host.server.url, "Run/test/noop", { prompt: "x" }, headers)).body;
      const stranger = await host.account(100n * USD);
      assert.deepEqual((await member.api("Task/TagList")).body.tags, [{ tag: "secret-launch", runs: 1 }]);
      await assert.rejects(stranger.client.tag({ taskid }, ["taken"]), /no task/i);
      assert.equal((await stranger.client.tasks({ tags: ["secret-launch"] })).total, 0);
      const rows = () =>
        host.server.db.all<{ n: number }>("select count(*) as n from task_tag where tag = 'secret-launch'", []);
      assert.equal(Number((await rows())[0]?.n), 1);
      await until(async () => (await member.api("Task/Detail", { taskid })).body.tasklist[0].pexit === "0", "its end");
      assert.equal((await member.account("Delete", { current: PASSWORD, forfeit: true })).body.result, true);
      await until(async () => Number((await rows())[0]?.n) === 0, "its tags are gone");
    });
  });
