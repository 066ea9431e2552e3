/** Models that operators add, change and remove while the server runs (docs/operate/models.md). */
import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { ModelChangeResponse, USD } from "@modelyard/contract";
import { operatorToken, readMasterKey } from "@modelyard/server/operator-token";
import {
  type ArchivedFile,
  apiCall,
  type Caller,
  caller,
  STORES,
  shellModel,
  startTestServer,
  type TestServer,
  tarGz,
} from "@modelyard/testing";

for (const store of STORES) {
  describe(`models at run time on ${store.kind}`, () => {
    let t: TestServer;
    let account: Caller;
    let headers: { authorization: string };
    before(async () => {
      t = await startTestServer(store);
      headers = { authorization: `Bearer ${operatorToken(readMasterKey(t.dataDir, undefined))}` };
      account = caller(t.server.url, await t.account(900n * USD));
      await t.worker({ slots: 8 });
    });
    after(() => t.close());

    const operate = async (name: string, fields: object) => (await apiCall(t.server.url, name, fields, headers)).body;
    const ok = async (name: string, fields: object) => {
      const body = await operate(name, fields);
      assert.equal(body.result, true, JSON.stringify(body));
      return body;
    };
    const send = async (archive: Buffer) => {
      const form = new FormData();
      form.set("archive", new File([new Uint8Array(archive)], "model.tar.gz"));
      const response = await fetch(`${t.server.url}/v1/Model/Add`, { method: "POST", headers, body: form });
      return response.json() as Promise<{ result: boolean; errors: { message: string }[] }>;
    };
    const add = async (files: readonly ArchivedFile[]) => {
      const body = await send(await tarGz(files));
      assert.equal(body.result, true, JSON.stringify(body));
      return ModelChangeResponse.parse(body);
    };
    const ref = (slug: string) => ({ slugowner: "test", slugproject: slug });
    const answerOf = (task: Awaited<ReturnType<Caller["ended"]>>) => task.debugoutput.trim();
    const tool = async (slug: string) =>
      (await account.call("Tool/Detail", ref(slug))).body as { tool?: { title: string }[] };

    test("a model is added, runs, is listed at once, and is removed", async () => {
      assert.equal((await tool("fresh")).tool, undefined);
      const { version, changed } = await add(shellModel("fresh", "echo hello from $PWD"));
      assert.equal(changed, true);
      assert.equal((await tool("fresh")).tool?.[0]?.title, "fresh");
      const found = (await account.call("Tool/List", { search: "fresh" })).body as { total: number };
      assert.equal(found.total, 1);
      const task = await account.ended((await account.run("test/fresh", { prompt: "x" })).taskid);
      assert.deepEqual([task.pexit, task.modelyard.version], ["0", version]);
      assert.match(answerOf(task), /^hello from/);
      assert.equal((await add(shellModel("fresh", "echo hello from $PWD"))).changed, false, "the same again");

      const row = (await ok("Model/List", {})).models.find(
        (one: { slugproject: string }) => one.slugproject === "fresh",
      );
      assert.deepEqual([row.version, row.source, row.versions, row.paused], [version, "added", "1", null]);
      assert.equal((await ok("Model/Remove", ref("fresh"))).version, "");
      assert.equal((await tool("fresh")).tool, undefined);
      assert.equal((await operate("Model/Remove", ref("fresh"))).errors[0].message, "slug-owner-project-not-exist");
      const old = await account.detail(task.id);
      assert.deepEqual([old.modelslugowner, old.modelslugproject, answerOf(old)], ["test", "fresh", answerOf(task)]);
      const actions = (await ok("Admin/AuditLog", {})).entries.map(
        (entry: { actor: string; action: string; target: string }) => [entry.actor, entry.action, entry.target],
      );
      assert.deepEqual(actions.slice(0, 2), [
        ["command line", "model-remove", "test/fresh"],
        ["command line", "model-add", `test/fresh ${version.slice(0, 12)}`],
      ]);
    });

    test("200 runs while versions roll forward and back: all succeed, each says what it ran on", async () => {
      const script = (word: string) => `sleep 0.0$(($$ % 9 + 1))\necho ${word}`;
      const one = (await add(shellModel("roll", script("one"), "limits: { concurrency: 8 }"))).version;
      const two = (await add(shellModel("roll", script("two"), "limits: { concurrency: 8 }"))).version;
      const said = new Map([
        [one, "one"],
        [two, "two"],
      ]);
      let ended = 0;
      let turns = 0;
      const turn = () => ok("Model/Activate", { ...ref("roll"), version: turns++ % 2 === 0 ? one.slice(0, 8) : two });
      const runs: ReturnType<Caller["ended"]>[] = [];
      while (runs.length < 200) {
        const { taskid } = await account.run("test/roll", { prompt: "x" });
        runs.push(account.ended(taskid).finally(() => ended++));
        if (runs.length % 10 === 0) await turn();
      }
      while (ended < runs.length) {
        await turn();
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      const tasks = await Promise.all(runs);
      const counts = { one: 0, two: 0 };
      for (const task of tasks) {
        assert.deepEqual([task.status, task.pexit], ["task_postprocess_end", "0"], task.modelyard.endreason ?? "");
        const word = said.get(task.modelyard.version);
        assert.equal(answerOf(task), word);
        counts[word as "one" | "two"]++;
      }
      assert.ok(turns >= 20 && counts.one > 0 && counts.two > 0, JSON.stringify({ turns, counts }));
      const { versions } = await ok("Model/Versions", ref("roll"));
      assert.deepEqual(
        versions.map((row: { version: string; source: string; addedby: string }) => [
          row.version,
          row.source,
          row.addedby,
        ]),
        [
          [two, "added", "command line"],
          [one, "added", "command line"],
        ],
      );
      assert.equal(
        (await operate("Model/Activate", { ...ref("roll"), version: "f".repeat(64) })).errors[0].message,
        "version-not-exist",
      );
      assert.deepEqual((await ok("Audit/Run", {})).faults, []);
    });

    test("an added version wins over a folder's; without it the folder's is back", async () => {
      const before = (await ok("Model/Versions", ref("true"))).versions;
      assert.deepEqual([before.length, before[0].source, before[0].active], [1, "folder", true]);
      assert.match((await operate("Model/Remove", ref("true"))).errors[0].message, /^This model is in a folder/);
      const { version } = await add(shellModel("true", "echo mine"));
      const task = await account.ended((await account.run("test/true", {})).taskid);
      assert.deepEqual([task.modelyard.version, answerOf(task)], [version, "mine"]);
      const folder = before[0].version;
      assert.equal((await ok("Model/Activate", { ...ref("true"), version: folder })).version, folder);
      assert.equal((await ok("Model/Activate", { ...ref("true"), version })).version, version);
      assert.equal((await ok("Model/Remove", ref("true"))).version, folder);
      const again = await account.ended((await account.run("test/true", {})).taskid);
      assert.equal(again.modelyard.version, folder);
    });

    test("an app follows its models; a run of it keeps the steps that it was accepted with", async () => {
      const part = (price: string) =>
        shellModel("part", 'cp "$INPUT_DIR/prompt.txt" "$OUTPUT_DIR/$(cat "$INPUT_DIR/prompt.txt").txt"').map((file) =>
          file.name === "model.yaml"
            ? { ...file, text: String(file.text).replace("output: text", "output: file").replace('"0.001"', price) }
            : file,
        );
      const whole = (word: string): ArchivedFile[] => [
        {
          name: "model.yaml",
          text: `owner: test
slug: whole
title: Whole
description: Made by a test.
categories: [app]
inputs: []
output: file
runner: { type: app, steps: [{ id: only, model: test/part, inputs: { prompt: ${word} } }] }
license: { code: Apache-2.0 }
`,
        },
      ];
      const price = async () => {
        const { tool } = (await account.call("Tool/Detail", ref("whole"))).body as { tool: { dynamicprice: string }[] };
        return (JSON.parse(tool[0]?.dynamicprice ?? "") as { price: number }[])[0]?.price;
      };
      const first = (await add(whole("one"))).version;
      const run = async () => (await account.call("Run/test/whole", {})).body as { errors?: { message: string }[] };
      assert.match((await run()).errors?.[0]?.message ?? "", /It needs the model test\/part/);
      await add(part('"0.002"'));
      assert.equal(await price(), 0.002);
      await add(part('"0.003"'));
      assert.equal(await price(), 0.003);

      await ok("Model/Pause", ref("whole"));
      const { taskid } = await account.run("test/whole", {});
      await add(whole("two"));
      await ok("Model/Resume", ref("whole"));
      const task = await account.ended(taskid);
      assert.deepEqual([task.pexit, task.modelyard.version], ["0", first], task.modelyard.endreason ?? "");
      assert.deepEqual(
        task.outputs.map((output) => ("name" in output ? output.name : "")),
        ["one.txt"],
      );
      await ok("Model/Remove", ref("part"));
      assert.match((await run()).errors?.[0]?.message ?? "", /It needs the model test\/part/);
      assert.deepEqual((await ok("Audit/Run", {})).faults, []);
    });

    test("tasks that wait for a removed model end unbilled; one that runs ends as it would have", async () => {
      const mark = join(t.dataDir, "go");
      await add(shellModel("leaving", `while [ ! -e '${mark}' ]; do sleep 0.05; done; echo done`));
      const running = await account.run("test/leaving", {});
      await account.when(running.taskid, ({ status }) => status === "task_start");
      const waiting = await account.run("test/leaving", {});
      await ok("Model/Remove", ref("leaving"));
      const gone = await account.ended(waiting.taskid);
      assert.deepEqual([gone.status, gone.modelyard.endreason], ["task_cancel", "Its model was removed."]);
      writeFileSync(mark, "");
      const last = await account.ended(running.taskid);
      assert.deepEqual([last.status, last.pexit, answerOf(last)], ["task_postprocess_end", "0", "done"]);
      const answer = (await account.call("Run/test/leaving", {})).body as { errors: { message: string }[] };
      assert.equal(answer.errors[0]?.message, "slug-owner-project-not-exist");
      assert.deepEqual((await ok("Audit/Run", {})).faults, []);
    });

    test("what is no model, or no honest archive, is refused and leaves nothing behind", async () => {
      const plain = shellModel("bad", "echo x");
      const refusals: [string, Buffer, RegExp][] = [
        ["no archive", Buffer.from("hello"), /no \.tar\.gz, or it is damaged/],
        ["half an archive", (await tarGz(plain)).subarray(0, 150), /no \.tar\.gz, or it is damaged/],
        ["no manifest", await tarGz([{ name: "run.sh", text: "echo" }]), /no model\.yaml/],
        [
          "two models",
          await tarGz([
            ...plain.map((f) => ({ ...f, name: `a/${f.name}` })),
            ...plain.map((f) => ({ ...f, name: `b/${f.name}` })),
          ]),
          /more than one/,
        ],
        [
          "a typing mistake",
          await tarGz(shellModel("bad", "echo", "lisence: x")),
          /model\.yaml:12:1 there is no lisence here/,
        ],
        ["a missing program", await tarGz(plain.slice(0, 1)), /model\.yaml:10:\d+ there is no file run\.sh/],
        [
          "a link",
          await tarGz([...plain, { name: "passwd", type: "symlink", linkname: "/etc/passwd" }]),
          /passwd is a symlink/,
        ],
        [
          "a bomb",
          await tarGz([...plain, { name: "zeros", text: Buffer.alloc(30 * 2 ** 20) }]),
          /grows more than 200 times/,
        ],
      ];
      for (const [what, archive, message] of refusals) {
        const { result, errors } = await send(archive);
        assert.equal(result, false, what);
        assert.match(errors[0]?.message ?? "", /^The model cannot be added: /, what);
        assert.match(errors[0]?.message ?? "", message, what);
      }
      assert.equal((await operate("Model/Add", {})).errors[0].message, "Request files [archive] required");
      assert.equal((await tool("bad")).tool, undefined);
      assert.ok(!existsSync(join(t.dataDir, "models", "test", "bad")));
    });
  });
}
