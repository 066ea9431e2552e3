/** What is said of a model: written by who has run it, read by everybody, reported, removed by the operator. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axe, overflow, picture, type Site, skip, startSite } from "./support.ts";

let site: Site;
before(async () => {
  if (skip) return;
  site = await startSite("web-comments");
});
after(async () => site?.close());

test("who has run a model rates it and says something, everybody reads it, the operator removes it", {
  skip,
}, async () => {
  const { page, troubles, close } = await site.visit("/models/test/noop", { signedIn: true });
  const section = page.locator("#comments");
  await section.scrollIntoViewIfNeeded();
  await section.getByText("Run the model, and you can say here how it was.").waitFor();
  const client = site.platform.client("apikey");
  await client.wait(await client.run("test/noop", {}));
  await page.reload();
  await section.scrollIntoViewIfNeeded();
  await section.getByText("Nobody has rated this model yet.").waitFor();
  await section.getByLabel(/^4/).check();
  await section.getByLabel("Your comment").fill("Quick, and it does <b>nothing</b>.");
  assert.deepEqual(await axe(page), []);
  await section.getByRole("button", { name: "Say it" }).click();
  await section.getByText("4 of 5 points from 1 account that ran it.").waitFor();
  await section.locator("li").getByText("Quick, and it does <b>nothing</b>.").waitFor();
  await picture(page, "comments", false);
  assert.equal(await overflow(page), 0);

  // What everybody gets, without JavaScript: once the page that was kept has been made anew.
  const reader = await site.visit("/models/test/noop?lang=go", { javaScript: false });
  assert.match(await reader.page.locator("#comments").innerText(), /4 of 5 points[\s\S]*does <b>nothing<\/b>/);
  assert.match(await reader.page.locator("main header").innerText(), /4 of 5 \(1\)/);
  await reader.close();

  await section.getByRole("button", { name: /^Report the comment/ }).click();
  await page.getByLabel("What is wrong with it?").fill("It is mine.");
  assert.deepEqual(await axe(page), []);
  await page.getByRole("button", { name: "Send the report" }).last().click();
  await page.getByRole("dialog").waitFor({ state: "detached" });

  await page.goto(`${site.platform.url}/admin/reports`);
  await page.getByText("It is mine.").waitFor();
  await picture(page, "admin-reports");
  assert.deepEqual(await axe(page), []);
  await page.getByRole("button", { name: "Remove the comment" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove the comment" }).click();
  await page.locator("blockquote").waitFor({ state: "detached" });
  await page.getByRole("button", { name: /^Close report/ }).click();
  await page.getByText("Nothing is reported.").waitFor();
  assert.deepEqual(troubles, []);
  await close();
});
