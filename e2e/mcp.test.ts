/** Agents: the protocol's own client finds a model, asks for its price, runs it, sees the picture, and is refused what its key may not. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { MCP_TOOLS, USD } from "@modelyard/contract";
import { audit } from "@modelyard/server";
import { STORES, startTestServer, type TestServer, until } from "@modelyard/testing";

interface Answer {
  content: { type: string; text?: string; data?: string; mimeType?: string; uri?: string; name?: string }[];
  isError?: boolean;
}

async function connect(url: string, headers: Record<string, string> = {}): Promise<Client> {
  const client = new Client({ name: "test", version: "1" });
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit: { headers } }));
  return client;
}

for (const store of STORES) {
  describe(`agents on ${store.kind}`, () => {
    let t: TestServer;
    let agent: Client;
    let accountId: number;
    before(async () => {
      t = await startTestServer(store);
      await t.worker();
      const account = await t.account(100n * USD);
      accountId = account.accountId;
      agent = await connect(t.server.url, { authorization: `Bearer ${account.apiKey}` });
    });
    after(async () => {
      await agent.close();
      assert.deepEqual(await audit(t.server.db), []);
      await t.close();
    });

    const call = async (name: string, given: object = {}, client = agent) =>
      (await client.callTool({ name, arguments: { ...given } })) as unknown as Answer;
    /** The JSON of an answer that is no refusal. */
    async function told(name: string, given: object = {}, client = agent) {
      const { content, isError } = await call(name, given, client);
      assert.ok(!isError, content[0]?.text);
      return { ...JSON.parse(content[0]?.text ?? ""), content };
    }
    async function refusal(name: string, given: object, client = agent): Promise<string> {
      const { content, isError } = await call(name, given, client);
      assert.equal(isError, true, content[0]?.text);
      return content[0]?.text ?? "";
    }
    const tasks = () => t.server.db.all("select id from task where account_id = ?", [accountId]);

    test("every tool is listed with its arguments; those that only read say so", async () => {
      const { tools } = await agent.listTools();
      assert.deepEqual(tools.map(({ name }) => name).sort(), Object.keys(MCP_TOOLS).sort());
      const run = tools.find(({ name }) => name === "run_model");
      assert.deepEqual(run?.inputSchema.required, ["model"]);
      assert.equal(run?.annotations?.readOnlyHint, false);
      assert.equal(tools.find(({ name }) => name === "quote_run")?.annotations?.readOnlyHint, true);
    });

    test("without a key models are found and read, and nothing else", async () => {
      const stranger = await connect(t.server.url);
      const { total, models } = await told("search_models", { query: "picture" }, stranger);
      assert.ok(total >= 1 && models.some(({ model }: { model: string }) => model === "test/picture"), `${total}`);
      const model = await told("get_model", { model: "test/picture" }, stranger);
      assert.equal(model.inputs[0].items[0].id, "prompt");
      assert.equal(
        await refusal("get_model", { model: "no/body" }, stranger),
        await refusal("get_model", { model: "x" }),
      );
      for (const [name, given] of [
        ["run_model", { model: "test/picture", inputs: { prompt: "x" } }],
        ["get_run", { taskid: "1" }],
        ["list_runs", {}],
        ["upload_file", { name: "a.txt", base64: "YQ==" }],
      ] as const)
        assert.match(await refusal(name, given, stranger), /Send the key of a project/);
      await stranger.close();
    });

    test("a price, a run, its picture, and the run in the list", async () => {
      const given = { model: "test/picture", inputs: { prompt: "a lake" } };
      const { hold } = await told("quote_run", given);
      assert.equal(hold, "0.010000000000");
      assert.deepEqual(await tasks(), []);
      const run = await told("run_model", given);
      assert.deepEqual([run.state, run.cost, run.files.length], ["done", "$0.01", 1]);
      const picture = run.content.find(({ type }: { type: string }) => type === "image");
      assert.equal(picture.mimeType, "image/png");
      const fetched = Buffer.from(await (await fetch(run.files[0].url)).arrayBuffer());
      assert.ok(Buffer.from(picture.data, "base64").equals(fetched));
      assert.equal((await told("get_run", { taskid: run.taskid })).state, "done");
      const { runs } = await told("list_runs", { status: "done" });
      assert.equal(runs[0].taskid, run.taskid);
    });

    test("an answer is text, the same call with its key is one run, and a file goes in by its address", async () => {
      const talk = { model: "test/talk", inputs: { prompt: "hello" }, idempotency_key: `once-${store.kind}` };
      const first = await told("run_model", talk);
      assert.ok(typeof first.text === "string" && first.text !== "", JSON.stringify(first));
      assert.equal((await told("run_model", talk)).taskid, first.taskid);
      const { url, bytes } = await told("upload_file", {
        name: "note.txt",
        base64: Buffer.from("noted").toString("base64"),
      });
      assert.equal(bytes, 5);
      assert.equal(await (await fetch(url)).text(), "noted");
    });

    test("a run that is not waited for is told as it is, and stopped for nothing", async () => {
      const run = await told("run_model", { model: "test/wait", inputs: { seconds: 50 }, wait_seconds: 0 });
      assert.ok(["waiting", "running"].includes(run.state), run.state);
      const stopped = await told("stop_run", { taskid: run.taskid });
      assert.match(stopped.state, /stopped|running/);
      const deadline = Date.now() + 20_000;
      let last = await told("get_run", { taskid: run.taskid });
      while (last.state === "running" && Date.now() < deadline) last = await told("get_run", { taskid: run.taskid });
      assert.deepEqual([last.state, last.cost], ["stopped", "$0"]);
    });

    test("who hangs up ends the wait, and not the run", async () => {
      const before = (await told("list_runs")).runs.length;
      const gone = new AbortController();
      const call = agent.callTool(
        { name: "run_model", arguments: { model: "test/wait", inputs: { seconds: 50 }, wait_seconds: 300 } },
        { signal: gone.signal },
      );
      let runs: { taskid: string; state: string }[] = [];
      const started = async () => {
        ({ runs } = await told("list_runs"));
        return runs.length > before && runs[0]?.state === "running";
      };
      await until(started, "the run has begun");
      gone.abort();
      await assert.rejects(call);
      const taskid = runs[0]?.taskid;
      assert.equal((await told("get_run", { taskid })).state, "running");
      await told("stop_run", { taskid });
    });

    test("refusals are the API's, arguments that do not fit are named, and another account's run is not there", async () => {
      assert.match(await refusal("run_model", { model: "test/echo", inputs: {} }), /prompt/);
      assert.match(await refusal("run_model", { model: "test/picture", wait_seconds: 9999 }), /wait_seconds/);
      const other = await t.account(1n * USD);
      const foreign = await connect(t.server.url, { "x-api-key": other.apiKey });
      const mine = (await told("list_runs")).runs[0].taskid;
      assert.equal(await refusal("get_run", { taskid: mine }, foreign), await refusal("get_run", { taskid: "999999" }));
      assert.equal(
        await refusal("stop_run", { taskid: mine }, foreign),
        await refusal("stop_run", { taskid: "999999" }),
      );
      assert.deepEqual((await told("list_runs", {}, foreign)).runs, []);
      assert.match(await refusal("run_model", { model: "test/picture", idempotency_key: "é" }), /idempotency_key/);
      // The command line's token is a bearer token and no key: it may not do this.
      const commandLine = await connect(t.server.url, { authorization: `Bearer myop_${"x".repeat(43)}` });
      assert.match(await refusal("list_runs", {}, commandLine), /bearer token is invalid/);
      await commandLine.close();
      const signed = await connect(t.server.url, { authorization: "Bearer not-a-key-of-anybody-here" });
      assert.match(await refusal("list_runs", {}, signed), /Send the key of a project/);
      await Promise.all([foreign.close(), signed.close()]);
    });
  });
}

test("a client of the protocol before, by hand; a body that is too large; what is no request", async () => {
  const [store] = STORES;
  const t = await startTestServer(store as (typeof STORES)[number]);
  const post = (body: string, headers: Record<string, string> = {}) =>
    fetch(`${t.server.url}/mcp`, {
      method: "POST",
      body,
      headers: { "content-type": "application/json", accept: "application/json, text/event-stream", ...headers },
    });
  const initialize = {
    jsonrpc: "2.0",
    id: 1,
    method: "initialize",
    params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "old", version: "1" } },
  };
  const answer = await post(JSON.stringify(initialize));
  assert.equal(answer.status, 200);
  const body = await answer.text();
  assert.match(body, /"protocolVersion":"2025-06-18"/);
  assert.match(body, /search_models/, "the instructions are told");
  assert.equal((await post(`{"a":"${"x".repeat(5_000_000)}"}`)).status, 413);
  assert.equal((await post("{")).status, 400);
  assert.equal((await fetch(`${t.server.url}/mcp`)).status, 405);
  assert.equal((await post("{}", { "content-type": "text/plain" })).status, 415);
  await t.close();
});
