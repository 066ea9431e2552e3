/** Pages, lists and what programs read show at once what an operator has changed about models, although finished pages are kept. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { operatorToken, readMasterKey } from "@modelyard/server/operator-token";
import { shellModel, tarGz } from "@modelyard/testing";
import { picture, type Site, skip, startSite } from "./support.ts";

let site: Site;
let authorization: string;
before(async () => {
  if (skip) return;
  site = await startSite("web-run-time");
  authorization = `Bearer ${operatorToken(readMasterKey(site.platform.dataDir, undefined))}`;
});
after(async () => site?.close());

const get = async (path: string) => {
  const response = await fetch(site.platform.url + path);
  return { status: response.status, text: await response.text() };
};
async function operate(name: string, body: string | FormData): Promise<{ version: string }> {
  const response = await fetch(`${site.platform.url}/v1/${name}`, { method: "POST", headers: { authorization }, body });
  const answer = (await response.json()) as { result: boolean; version: string };
  assert.equal(answer.result, true, JSON.stringify(answer));
  return answer;
}
async function add(description: string) {
  const files = shellModel("sudden", "echo x").map((file) => ({
    ...file,
    text: String(file.text).replace("Made by a test.", description),
  }));
  const form = new FormData();
  form.set("archive", new File([new Uint8Array(await tarGz(files))], "model.tar.gz"));
  return operate("Model/Add", form);
}
const LISTS = ["/models?q=sudden", "/sitemap.xml", "/llms.txt"];
const named = async () => Promise.all(LISTS.map(async (path) => /test\/sudden/.test((await get(path)).text)));

test("added, changed, rolled back and removed, each shown at once", { skip }, async () => {
  // Asked for before, so that what is kept would be wrong.
  assert.equal((await get("/models/test/sudden")).status, 404);
  assert.deepEqual(await named(), [false, false, false]);

  const first = await add("The first words.");
  const page = await get("/models/test/sudden");
  assert.equal(page.status, 200);
  assert.match(page.text, /The first words\./);
  assert.deepEqual(await named(), [true, true, true]);
  await add("Other words.");
  assert.match((await get("/models/test/sudden")).text, /Other words\./);
  assert.match((await get("/models/test/sudden.md")).text, /Other words\./);
  const { page: seen, troubles, close } = await site.visit("/models/test/sudden");
  await picture(seen, "model-added-at-run-time");
  assert.deepEqual(troubles, []);
  await close();

  const ref = { slugowner: "test", slugproject: "sudden" };
  await operate("Model/Activate", JSON.stringify({ ...ref, version: first.version }));
  assert.match((await get("/models/test/sudden")).text, /The first words\./);
  const { taskid } = await site.platform.client("apikey").run("test/sudden", { prompt: "kept" });
  await site.platform.client("apikey").wait({ taskid });
  await operate("Model/Remove", JSON.stringify(ref));
  assert.equal((await get("/models/test/sudden")).status, 404);
  assert.deepEqual(await named(), [false, false, false]);

  // Its runs stay, and lead nowhere that is not there.
  const run = await site.visit(`/runs/${taskid}`, { signedIn: true });
  await run.page.getByText("This model is not here any more.").waitFor();
  assert.equal(await run.page.getByRole("link", { name: /Run again|test\/sudden/ }).count(), 0);
  assert.match(await run.page.locator("section:has(#inputs-title)").innerText(), /prompt\s+kept/);
  await run.close();
});
