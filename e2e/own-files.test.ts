// Samples' files as inputs: "Use these inputs" on a model's page sends their addresses, and those are on this server, wherever it is.
import assert from "node:assert/strict";
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { USD } from "@modelyard/contract";
import { apiCall, FIXTURE_MODELS, REPOSITORY, STORES, startTestServer, temporaryFolder } from "@modelyard/testing";

const SAMPLE = join(REPOSITORY, "models/modelyard/ocr/samples/invoice.png");

/** The fixture that gives back the picture that it gets, with a sample, a field for several and a file that no page shows. */
function modelWithSample(): string {
  const folder = temporaryFolder("own-files");
  const dir = join(folder, "sampled");
  cpSync(join(FIXTURE_MODELS, "test/picture"), dir, { recursive: true });
  const manifest = readFileSync(join(dir, "model.yaml"), "utf8")
    .replace("slug: picture", "slug: sampled")
    .replace(/(?<=label: Picture }\n)/, "      - { id: more, type: multifileinput, label: More pictures }\n");
  const samples = "samples:\n  - { file: sämple 1.png, inputs: { prompt: again, inputImage: sämple 1.png } }\n";
  writeFileSync(join(dir, "model.yaml"), manifest + samples);
  for (const name of ["sämple 1.png", "hidden.png"]) cpSync(SAMPLE, join(dir, name));
  return folder;
}

for (const store of STORES)
  describe(`a sample's files as inputs (${store.kind})`, () => {
    test("a run gets their bytes, keeps a copy with its other files, and leaves none where it is refused", async (t) => {
      const host = await startTestServer(store, { modelDirs: [FIXTURE_MODELS, modelWithSample()] });
      t.after(() => host.close());
      const { url, db } = host.server;
      await host.worker();
      const { client, apiKey } = await host.account(100n * USD);
      const { modelyard } = await client.models.detail("test", "sampled");
      const { inputImage, prompt } = (modelyard.samples[0]?.inputs ?? {}) as {
        inputImage: string;
        prompt: string;
      };
      assert.ok(inputImage.startsWith(`${url}/assets/models/`), inputImage);
      assert.equal(prompt, "again");

      const done = await client.wait(await client.run("test/sampled", { inputImage, prompt }));
      assert.equal(done.pexit, "0", done.debugerror);
      const [output] = done.outputs;
      assert.ok(output && "url" in output);
      const made = Buffer.from(await (await fetch(output.url)).arrayBuffer());
      assert.deepEqual(made, readFileSync(SAMPLE));
      assert.equal(done.parameters.inputImage, inputImage);
      const kept = await db.all<{ name: string }>("select name from file where kind = 'input'", []);
      assert.deepEqual(
        kept.map(({ name }) => name),
        ["sämple 1.png"],
      );

      const blobs = () =>
        readdirSync(join(host.dataDir, "blobs"), { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
          .length;
      const before = blobs();
      const poor = await host.account(0n);
      await assert.rejects(poor.client.run("test/sampled", { inputImage, prompt }), /balance/i);
      // The same request again makes no second copy.
      const headers = { "x-api-key": apiKey, "idempotency-key": "once" };
      const first = await apiCall(url, "Run/test/sampled", { inputImage, prompt }, headers);
      await client.wait({ taskid: first.body.taskid });
      const after = blobs();
      const again = await apiCall(url, "Run/test/sampled", { inputImage, prompt }, headers);
      assert.equal(again.body.taskid, first.body.taskid);
      assert.equal(blobs(), after);
      assert.ok(after > before);

      // Named several times in one run, it is copied once.
      const several = { inputImage, more: [inputImage, inputImage], prompt };
      const third = await client.wait(await client.run("test/sampled", several));
      assert.equal(third.pexit, "0", third.debugerror);
      const copies = "select id from file where kind = 'input' and task_id = ?";
      assert.equal((await db.all(copies, [Number(third.id)])).length, 1);
      assert.equal(blobs() - after, 2, "the copy and what the run made");
      await apiCall(url, "Task/InputOutputDelete", { taskid: third.id }, { "x-api-key": apiKey });
      assert.equal(blobs(), after);

      await apiCall(url, "Task/InputOutputDelete", { taskid: done.id }, { "x-api-key": apiKey });
      await apiCall(url, "Task/InputOutputDelete", { taskid: first.body.taskid }, { "x-api-key": apiKey });
      assert.equal((await db.all("select id from file where kind <> 'upload'", [])).length, 0);
      assert.ok(blobs() < after);
    });

    test("what no page shows is not given out by this way either", async (t) => {
      const host = await startTestServer(store, { modelDirs: [FIXTURE_MODELS, modelWithSample()] });
      t.after(() => host.close());
      await host.worker();
      const { client } = await host.account(100n * USD);
      const { modelyard } = await client.models.detail("test", "sampled");
      const base = `${host.server.url}/assets/models/${modelyard.version}`;
      for (const path of [
        "hidden.png",
        "run.js",
        "model.yaml",
        "..%2Fmodel.yaml",
        "s%C3%A4mple%201.png/x",
        "%",
        "%2e%2e/run.js",
      ]) {
        const done = await client.wait(
          await client.run("test/sampled", { inputImage: `${base}/${path}`, prompt: "again" }),
        );
        assert.equal(done.pexit, "1", path);
        assert.match(done.debugerror, /public internet|port/i, path);
      }
    });
  });
