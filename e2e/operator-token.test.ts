/** The operator's token for the command line (docs/operate/command-line.md): derived from the master key, for operators' routes alone. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { API_ROUTES } from "@modelyard/contract";
import { operatorToken, readMasterKey } from "@modelyard/server/operator-token";
import { apiCall, mainStore, startTestServer, type TestServer } from "@modelyard/testing";

let t: TestServer;
let token: string;
before(async () => {
  t = await startTestServer(mainStore());
  token = operatorToken(readMasterKey(t.dataDir, undefined));
});
after(() => t.close());

const call = (name: string, bearer: string, fields: object = {}) =>
  apiCall(t.server.url, name, fields, { authorization: `Bearer ${bearer}` });
const message = (answer: { body: { errors: { message: string }[] } }) => answer.body.errors[0]?.message ?? "";

test("it opens operators' routes, and the log says that it was the command line", async () => {
  assert.equal((await call("Queue/Pause", token, { reason: "by hand" })).body.result, true);
  assert.equal((await call("Queue/Resume", token)).body.result, true);
  const { entries } = (await call("Admin/AuditLog", token)).body;
  assert.deepEqual(
    entries.slice(0, 2).map(({ actor, action }: { actor: string; action: string }) => [actor, action]),
    [
      ["command line", "queue-resume"],
      ["command line", "queue-pause"],
    ],
  );
});

test("a wrong token, and that of another server, open nothing", async () => {
  const other = await startTestServer(mainStore());
  const foreign = operatorToken(readMasterKey(other.dataDir, undefined));
  await other.close();
  assert.notEqual(foreign, token);
  for (const wrong of [foreign, `${token}x`, token.slice(0, -1), `myop_${"A".repeat(43)}`, token.toLowerCase()]) {
    const answer = await call("Queue/Detail", wrong);
    assert.deepEqual([answer.status, message(answer)], [401, "Authorization bearer token is invalid."]);
  }
  // As a key it is nobody's.
  const answer = await apiCall(t.server.url, "Queue/Detail", {}, { "x-api-key": token });
  assert.equal(answer.status, 401);
});

test("no caller's route takes it, and every operator's route does", async () => {
  for (const { path, scope, open } of API_ROUTES) {
    if (open) continue;
    const name = path.slice("/v1/".length).replace("{owner}", "test").replace("{model}", "noop");
    const text = message(await call(name, token).then(({ body }) => ({ body: { errors: [], ...body } })));
    if (scope === "operator") assert.doesNotMatch(text, /permission|bearer/i, path);
    else assert.equal(text, "You don't have any permission for this action.", path);
  }
});

test("it is in no log", async () => {
  assert.ok(!t.logged.join("\n").includes(token.slice(5)));
  assert.ok(!readFileSync(join(t.dataDir, "master.key"), "utf8").includes(token.slice(5)));
});
