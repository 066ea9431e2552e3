/** Models that the operator has to name (`optIn`): to callers they do not exist before. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { REPOSITORY, startPlatform, temporaryFolder } from "@modelyard/testing";

const faces = ["--models", join(REPOSITORY, "models/modelyard/faces"), "--no-worker"];

async function ask(
  url: string,
  path: string,
  fields: object,
): Promise<{ result: boolean; tool?: { slugproject: string }[] }> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${url}/v1/${path}`, { method: "POST", headers, body: JSON.stringify(fields) });
  return (await response.json()) as { result: boolean; tool?: { slugproject: string }[] };
}

for (const [args, there] of [
  [[], false],
  [["--enable-models", "someone/else,modelyard/faces"], true],
] as const) {
  test(there ? "named, it is there" : "not named, it is neither listed nor found, and the log says how", async () => {
    const platform = await startPlatform({ dataDir: temporaryFolder("opt-in"), args: [...faces, ...args] });
    try {
      const detail = await ask(platform.url, "Tool/Detail", { slugowner: "modelyard", slugproject: "faces" });
      const list = await ask(platform.url, "Tool/List", { search: "faces" });
      const listed = list.tool?.some(({ slugproject }) => slugproject === "faces");
      assert.deepEqual([detail.result, listed], [there, there]);
      const page = await fetch(`${platform.url}/models/modelyard/faces`);
      assert.equal(page.status, there ? 200 : 404);
      assert.equal(/modelyard\/faces is off.*--enable-models=modelyard\/faces/.test(platform.output()), !there);
    } finally {
      await platform.stop();
    }
  });
}
