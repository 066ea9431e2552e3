/** A run is shared by link, seen by who has it without an account or JavaScript, and not any more once it is revoked. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axe, look, picture, type Site, settled, skip, startSite } from "./support.ts";

let site: Site;
before(async () => {
  if (skip) return;
  site = await startSite("web-share");
});
after(async () => site?.close());

test("made with and without inputs, opened by a stranger, with a preview card, revoked at once", { skip }, async () => {
  const client = site.platform.client("apikey");
  const { taskid } = await client.run("test/picture", { prompt: "a secret harbour" });
  await client.wait({ taskid });
  const { page, troubles, close } = await site.visit(`/runs/${taskid}`, { signedIn: true });
  await settled(page);
  await page.getByLabel("Keep the inputs to myself").check();
  await page.getByRole("button", { name: "Make a link" }).click();
  const hidden = page.locator("section li a[href*='/shared/']");
  await hidden.waitFor();
  const hiddenUrl = (await hidden.getAttribute("href")) ?? "";
  await page.getByLabel("Keep the inputs to myself").uncheck();
  await page.getByLabel("The link ends").selectOption("never");
  await page.getByRole("button", { name: "Make a link" }).click();
  await page.getByText("with inputs, for good").waitFor();
  const openUrl = (await hidden.first().getAttribute("href")) ?? "";
  await picture(page, "run-page-shared");
  assert.deepEqual(await axe(page), []);

  const html = await (await fetch(hiddenUrl)).text();
  assert.ok(!html.includes("secret harbour"));
  assert.match(html, /<meta property="og:image" content="http[^"]+\.png"/);
  assert.match(html, /noindex/);
  assert.match(await (await fetch(openUrl)).text(), /<meta property="og:description" content="a secret harbour"/);

  const stranger = await site.visit(new URL(openUrl).pathname);
  await stranger.page.getByText("a secret harbour").waitFor();
  await look(stranger.page, "shared-run", { fullPage: true });
  assert.deepEqual(stranger.troubles, []);
  await stranger.close();
  const plain = await site.visit(new URL(hiddenUrl).pathname, { javaScript: false });
  assert.match(await plain.page.locator("main").innerText(), /Who shares this keeps its inputs to themselves/);
  await plain.page.getByRole("link", { name: "Download" }).waitFor();
  await plain.close();

  await page.getByRole("button", { name: "Revoke" }).first().click();
  await page.getByText("with inputs, for good").waitFor({ state: "detached" });
  assert.equal((await fetch(openUrl)).status, 404);
  assert.equal((await fetch(hiddenUrl)).status, 200);
  assert.deepEqual(troubles, []);
  await close();
});
