/** Tokens of workers: made for a machine, listed, revoked with the connections that they let in; the server's own gets a successor. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import {
  caller,
  fakeWorker,
  REPOSITORY,
  STORES,
  startPlatform,
  startTestServer,
  type TestServer,
  type TestVisitor,
  temporaryFolder,
  until,
} from "@modelyard/testing";

interface Row {
  id: string;
  name: string;
  revoketime: string;
  workers: string;
}

for (const store of STORES)
  describe(`worker tokens on ${store.kind}`, () => {
    let t: TestServer;
    let operator: TestVisitor;
    before(async () => {
      t = await startTestServer(store);
      operator = await t.operator();
    });
    after(() => t.close());

    const ask = async (name: string, fields: object = {}) => (await operator.api(name, fields)).body;
    const rows = async (): Promise<Row[]> => (await ask("Worker/TokenList")).tokens;
    const connect = (workerToken: string) => fakeWorker({ url: t.server.url, workerToken });
    const fetched = async (token: string) => {
      const headers = { authorization: `Bearer ${token}` };
      return (await fetch(`${t.server.url}/worker/v1/models/none/none`, { headers })).status;
    };

    test("each machine has its own; revoked, it lets nobody in and ends who is in, and the others stay", async () => {
      const [one, two] = [
        await ask("Worker/TokenCreate", { name: "gpu-1" }),
        await ask("Worker/TokenCreate", { name: "gpu-2" }),
      ];
      assert.equal(one.result && two.result, true);
      assert.notEqual(one.token, two.token);
      const [first, second] = [await connect(one.token), await connect(two.token)];
      const counted = async () => Object.fromEntries((await rows()).map(({ name, workers }) => [name, workers]));
      assert.deepEqual(await counted(), { "gpu-1": "1", "gpu-2": "1", "built-in": "0" });
      assert.equal(await fetched(one.token), 404);

      assert.equal((await ask("Worker/TokenRevoke", { id: one.id })).result, true);
      assert.match((await first.next("refused")).reason, /its token was revoked/);
      await until(async () => (await counted())["gpu-1"] === "0", "its connection ends");
      await assert.rejects(connect(one.token), /401/);
      assert.equal(await fetched(one.token), 401);
      assert.deepEqual(await second.heartbeat([]), []);
      assert.equal((await ask("Worker/TokenRevoke", { id: one.id })).result, true, "once more is no fault");
      assert.notEqual((await rows()).find(({ name }) => name === "gpu-1")?.revoketime, "0");
      await second.close();
    });

    test("what is no name and no token is refused; each act is in the operators' log; nobody else may", async () => {
      const message = (body: { errors: { message: string }[] }) => body.errors[0]?.message ?? "";
      for (const name of ["built-in", "a b", "x".repeat(61), "<b>"])
        assert.match(message(await ask("Worker/TokenCreate", { name })), /must be 1 to 60/);
      assert.match(message(await ask("Worker/TokenCreate")), /name/);
      for (const id of ["", "0".repeat(12), "'"])
        assert.equal(message(await ask("Worker/TokenRevoke", { id })), "worker-token-not-exist");
      const { entries } = await ask("Admin/AuditLog");
      const acts = entries.map(({ action, target }: { action: string; target: string }) => `${action} ${target}`);
      for (const act of ["worker-token-create gpu-1", "worker-token-revoke gpu-1"]) assert.ok(acts.includes(act), act);
      const member = await t.member();
      for (const name of ["List", "Create", "Revoke"])
        assert.equal((await member.api(`Worker/Token${name}`, { name: "x", id: "x" })).body.result, false);
    });
  });

test("the built-in worker's token is replaced while it runs something, and an old one in the file comes to nothing", async (t) => {
  const dataDir = temporaryFolder("worker-token");
  let platform = await startPlatform({ dataDir });
  t.after(() => platform.stop());
  const file = join(dataDir, "worker-token");
  const token = () => readFileSync(file, "utf8").trim();
  const old = token();
  const modelyard = (...args: string[]) => {
    const main = join(REPOSITORY, "packages/cli/bin/modelyard.js");
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [main, "workers", ...args, "--data", dataDir, "--url", platform.url],
      { encoding: "utf8", env: { PATH: process.env.PATH } },
    );
    assert.equal(status, 0, stderr);
    return stdout;
  };
  const own = caller(
    platform.url,
    platform.firstRun.projects.find(({ auth }) => auth === "apikey") as { apiKey: string },
  );
  const { taskid } = await own.run("test/wait", { seconds: 6 });
  await own.when(taskid, ({ status }) => status === "task_output");
  const builtIn = (JSON.parse(modelyard("tokens", "--json")) as Row[]).find(({ name }) => name === "built-in");
  assert.equal(builtIn?.workers, "1");
  assert.match(modelyard("revoke", builtIn.id), /lets no worker in any more/);
  assert.notEqual(token(), old);
  await assert.rejects(fakeWorker({ url: platform.url, workerToken: old }), /401/);
  const ended = await own.ended(taskid);
  assert.deepEqual([ended.pexit, ended.modelyard.attempts], ["0", 1]);
  const table = modelyard("tokens");
  assert.match(table, /built-in .* 1 +lets workers in\n/);
  assert.match(table, /built-in .* 0 +revoked /);
  assert.match(modelyard("token", "gpu-7"), /^\S{43}\n$/);

  await platform.stop();
  writeFileSync(file, `${old}\n`);
  platform = await startPlatform({ dataDir });
  assert.notEqual(token(), old);
  await assert.rejects(fakeWorker({ url: platform.url, workerToken: old }), /401/);
});
