/** The page of one run: what it was given, its stages and attempts, its log, and what can be saved of it. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { REPOSITORY } from "@modelyard/testing";
import { look, type Site, settled, skip, startSite } from "./support.ts";

let site: Site;
before(async () => {
  if (skip) return;
  site = await startSite("web-run-page");
});
after(async () => site?.close());

test("a run with a picture: labels of the form, the file as a link, compared, its attempt and its log", {
  skip,
}, async () => {
  const client = site.platform.client("apikey");
  const lake = new File(
    [readFileSync(join(REPOSITORY, "models/modelyard/image-to-video/samples/lake.jpg"))],
    "lake.jpg",
    {
      type: "image/jpeg",
    },
  );
  const { taskid } = await client.run("test/picture", { prompt: "a walk along the harbour", inputImage: lake });
  await client.wait({ taskid });
  const { page, troubles, close } = await site.visit(`/runs/${taskid}`, { signedIn: true });
  await settled(page);
  const inputs = page.locator("section:has(#inputs-title)");
  await inputs.getByText("Picture", { exact: true }).waitFor();
  assert.match(await inputs.innerText(), /Prompt\s+a walk along the harbour/);
  const link = inputs.getByRole("link", { name: "lake.jpg" });
  assert.match((await link.getAttribute("href")) ?? "", /^http.*lake\.jpg$/);
  await inputs.locator("img").evaluate((picture) => (picture as unknown as { decode(): Promise<void> }).decode());
  await page.locator("[data-run]").getByRole("button", { name: "Compare with the input" }).click();
  await page.locator("[data-run]").getByRole("slider").waitFor();

  const timeline = await page.locator("section:has(#timeline-title)").innerText();
  assert.match(timeline, /Running\s+(at once|after \d+\.\d s)\s+Model ended\s+(at once|after \d+\.\d s)/);
  assert.match(
    await page.locator("section:has(#attempts-title)").innerText(),
    /Taken up at [\d:.]+, succeeded after \d+\.\d s/,
  );
  const events = page.locator("section:has(#events-title)");
  assert.equal(await events.getByText("Taken up by a worker").isVisible(), false);
  await events.getByText("Events").click();
  assert.match(await events.innerText(), /1\s+\d\d:\d\d:\d\d\.\d{3}\s+Queued\s+2\s+[\d:.]+\s+Taken up by a worker/);
  await look(page, "run-page-events", { fullPage: true });

  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Everything as archive" }).click();
  const zip = readFileSync(await (await saved).path());
  assert.ok(zip.includes("inputs.json") && zip.includes("a walk along the harbour"));
  assert.deepEqual(troubles, []);
  await close();
});

test("stages have tenths of seconds, as far as the run took them", { skip }, async () => {
  const client = site.platform.client("apikey");
  const { taskid } = await client.run("test/wait", { seconds: 1.4 });
  await client.wait({ taskid });
  const { page, close } = await site.visit(`/runs/${taskid}`, { signedIn: true });
  await settled(page);
  await page.locator('[data-run="done"]').waitFor();
  const timeline = await page.locator("section:has(#timeline-title)").innerText();
  const [, ended] = /Model ended\s+after (\d+\.\d) s/.exec(timeline) ?? [];
  const [, ran] = /ran for (\d+\.\d) s/.exec(await page.locator("[data-run]").innerText()) ?? [];
  assert.ok(Math.abs(Number(ended) - Number(ran)) < 0.5, `${ended} beside ${ran}`);
  await close();
});

test("a run that fails says so at its attempt; a text can be saved as a file", { skip }, async () => {
  const client = site.platform.client("apikey");
  const broken = await client.run("test/echo", { prompt: "x", mode: "fail" });
  const said = await client.run("test/talk", { prompt: "Tell me something" });
  await Promise.all([client.wait(broken), client.wait(said)]);
  const { page, troubles, close } = await site.visit(`/runs/${broken.taskid}`, { signedIn: true });
  await page
    .locator("section:has(#attempts-title)")
    .getByText(/failed after \d+\.\d s/)
    .waitFor();
  await page.goto(`${site.platform.url}/runs/${said.taskid}`);
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save as file" }).click();
  const file = await saved;
  assert.equal(file.suggestedFilename(), `talk-${said.taskid}.txt`);
  assert.equal(readFileSync(await file.path(), "utf8"), await page.getByTestId("answer").innerText());
  await look(page, "run-page-text", { fullPage: true });
  assert.deepEqual(troubles, []);
  await close();
});
