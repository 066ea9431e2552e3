/**
 * The whole programs that a model's page shows, run against the real platform as a person would: copied from the page's own answer, key and
 * secret put in, a file beside them. They sign, upload, run, wait and say what was made.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Platform, REPOSITORY, startPlatform, temporaryFolder } from "@modelyard/testing";
import { LANGUAGES } from "@modelyard/web/languages";
import { execute, toolchain } from "@modelyard/web/toolchains";

const PROMPT = `It's a "fox" $HOME \${x} \\ back\nline2 - 🦊 %s #{y}`;
const FILE = `it's my lake.jpg`;
const lake = readFileSync(join(REPOSITORY, "models/modelyard/image-to-video/samples/lake.jpg"));
let platform: Platform;
before(async () => {
  platform = await startPlatform({ dataDir: temporaryFolder("web-programs") });
});
after(async () => platform?.stop());

/** The code of an answer in HTML, as copying it gives it. */
function copied(html: string): string {
  const code = /<pre class="code"[^>]*>([\s\S]*?)<\/pre>/.exec(html)?.[1] ?? "";
  return code.replace(/<[^>]*>/g, "").replace(/&#(\d+);/g, (_, number: string) => String.fromCharCode(Number(number)));
}

for (const { id, label } of LANGUAGES) {
  const chain = toolchain(id, process.env.PATH);
  for (const auth of ["signature", "apikey"] as const) {
    // One compilation for half a minute is enough.
    const slow = id === "kotlin" && auth === "apikey";
    const skip = chain && !slow ? false : `no toolchain for ${label} here`;
    test(`${label}, ${auth}: the program of the page runs`, { skip, timeout: 240_000 }, async () => {
      if (!chain) return;
      const project = platform.firstRun.projects.find((one) => one.auth === auth);
      const response = await fetch(`${platform.url}/web/samples`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          owner: "test",
          model: "picture",
          language: id,
          auth,
          mode: "program",
          inputs: { prompt: PROMPT, inputImage: { file: FILE } },
        }),
      });
      assert.equal(response.status, 200);
      const source = copied(await response.text())
        .replace("YOUR_API_KEY", project?.apiKey ?? "")
        .replace("YOUR_API_SECRET", project?.apiSecret ?? "");
      const ended = await execute(chain, source, { [FILE]: lake });
      assert.equal(ended.code, 0, `${ended.stderr}${ended.stdout}\n${source}`);
      const url = /https?:\/\/[^\s"]+\/v1\/File\/[^\s"]+\/0\.\w+/.exec(ended.stdout)?.[0];
      assert.ok(url, `it says where the result is: ${ended.stdout}`);
      const result = Buffer.from(await (await fetch(url)).arrayBuffer());
      assert.deepEqual(result, lake, "the file came through the upload and the model unchanged");
      const { tasks } = await platform.client("apikey").tasks({ limit: 1 });
      assert.equal(tasks[0]?.parameters.prompt, PROMPT);
    });
  }
}
