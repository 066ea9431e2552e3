/** The panel of a run beside its form: where it is seen, what it says when a run is refused, taken back, over, or another model's. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { axe, picture, ready, type Site, skip, startSite } from "./support.ts";

let site: Site;
before(async () => {
  if (skip) return;
  site = await startSite("web-run-panel");
});
after(async () => site?.close());

const press = (page: Page) => page.getByRole("button", { name: /^Run( again)?$/ }).click();
const done = (page: Page) => page.locator('[data-run="done"]').waitFor();
/** Until it is so: the page's policy lets no text be run there again and again. */
async function until(page: Page, expression: string): Promise<void> {
  for (let tries = 0; !(await page.evaluate(expression)); tries++) {
    assert.ok(tries < 100, `never: ${expression}`);
    await page.waitForTimeout(50);
  }
}
const EDGES = `const edges = (at) => document.querySelector(at)?.getBoundingClientRect() ?? { top: -1, bottom: 0 };`;
/** The panel's upper edge is in the window, below the header that sticks to its top. */
const isInWindow = (page: Page) =>
  until(
    page,
    `(() => { ${EDGES} return edges("[data-run]").top >= edges("body header").bottom && edges("[data-run]").top < innerHeight - 40; })()`,
  );
/** As another tab of the same browser would. */
const account = (page: Page, path: string, fields: object = {}) =>
  page.evaluate(
    async ([path, fields]) => {
      const headers = { "content-type": "application/json" };
      const answer = await fetch(`/account/${path}`, { method: "POST", headers, body: JSON.stringify(fields) });
      return answer.json() as Promise<Record<string, unknown>>;
    },
    [path, fields] as const,
  );

test("a run that is started at the foot of a long form is in the window, each time", { skip }, async () => {
  const { page, troubles, close } = await site.visit("/models/test/kinds-2-0", { signedIn: true });
  await page.setViewportSize({ width: 1280, height: 720 });
  await page.getByLabel("Title").fill("Hello");
  await page.getByRole("button", { name: "Run", exact: true }).scrollIntoViewIfNeeded();
  assert.ok(await page.evaluate("scrollY > 300"), "the form is longer than the window");
  await press(page);
  await isInWindow(page);
  await done(page);
  await isInWindow(page);
  await picture(page, "run-in-window", false);

  await page.getByLabel("Mixed").first().scrollIntoViewIfNeeded();
  await page.getByLabel("Seed").focus();
  await page.evaluate("scrollTo(0, document.body.scrollHeight)");
  await page.keyboard.press("Control+Enter");
  await page.locator('[data-run="done"]').waitFor({ state: "detached" });
  await isInWindow(page);
  await done(page);

  // Where it is in the window already, nothing moves.
  await page.setViewportSize({ width: 1280, height: 2400 });
  const before = await page.evaluate("scrollY");
  await press(page);
  await page.locator('[data-run="done"]').waitFor({ state: "detached" });
  await done(page);
  assert.equal(await page.evaluate("scrollY"), before);
  assert.deepEqual(troubles, []);
  await close();
});

test("a session that ended elsewhere: the note leads to the sign-in page and back, the header knows", {
  skip,
}, async () => {
  const { page, troubles, close } = await site.visit("/models/test/picture");
  const { owner } = site.platform.firstRun;
  const signIn = async () => {
    await page.getByLabel("E-mail address").fill(owner.email);
    await page.getByLabel("Password").fill(owner.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(/models\/test\/picture/);
    await ready(page);
  };
  await page.getByRole("link", { name: "Sign in" }).click();
  await signIn();
  await page.getByLabel("Prompt").fill("a pier");
  await page.waitForURL(/inputs=/);
  await page.getByLabel("Account: ").waitFor();
  await page.getByText("masked here").waitFor();
  await account(page, "SignOut");
  await press(page);
  const panel = page.locator('[data-run="refused"]');
  await panel.getByText("Your session has ended. Sign in again; your inputs are kept.").waitFor();
  await page.getByLabel("Account: ").waitFor({ state: "detached" });
  await picture(page, "run-session-ended", false);
  assert.deepEqual(await axe(page), []);
  await press(page);
  await page.getByRole("link", { name: "Sign in to run it" }).waitFor();
  await panel.getByRole("link", { name: "Sign in" }).click();
  await signIn();
  assert.equal(await page.getByLabel("Prompt").inputValue(), "a pier");
  await press(page);
  await done(page);
  assert.deepEqual(troubles, []);
  await close();
});

test("a wallet that does not cover a run: a link leads to it", { skip }, async () => {
  const { page, troubles, close } = await site.visit("/models/test/dollar", { signedIn: true });
  await account(page, "OrganizationCreate", { name: "Empty Purse" });
  await page.reload();
  await ready(page);
  await page.getByLabel("Account: ").click();
  await page.getByRole("button", { name: /Empty Purse/ }).click();
  await press(page);
  const panel = page.locator('[data-run="refused"]');
  await panel.getByText("Your wallet does not cover").waitFor();
  assert.deepEqual(await axe(page), []);
  await panel.getByRole("link", { name: "Add money" }).click();
  await page.waitForURL(/\/dashboard\/wallet/);
  assert.deepEqual(troubles, []);
  await close();
});

test("once a run is over the model's figures and the latest runs say so, and nothing else changes", {
  skip,
}, async () => {
  const { page, troubles, close } = await site.visit("/models/test/wait", { signedIn: true });
  const figures = page.locator("main header").first();
  await figures.getByText("Runs", { exact: true }).waitFor();
  assert.match(await figures.innerText(), /Runs\s+0/);
  await page.getByLabel("Seconds").fill("2");
  await press(page);
  await page.getByRole("heading", { name: "Your latest runs" }).waitFor();
  await page.getByLabel("Seconds").fill("0.5");
  const scrolled = await page.evaluate("scrollY");
  await done(page);
  await figures.getByText("Typical run").waitFor();
  assert.match(await figures.innerText(), /Ready[\s\S]*Runs\s+1/);
  await page.locator("section:has(#latest-title) li").getByText("Done").waitFor();
  assert.equal(await page.getByLabel("Seconds").inputValue(), "0.5");
  assert.equal(await page.evaluate("scrollY"), scrolled);
  assert.deepEqual(troubles, []);
  await close();
});

test("while files are sent the run can be taken back; the form stays as it was", { skip }, async () => {
  const { page, context, troubles, close } = await site.visit("/models/test/picture", { signedIn: true });
  await page.getByLabel("Prompt").fill("a ferry");
  await page
    .locator('input[type="file"]')
    .setInputFiles({ name: "large.png", mimeType: "image/png", buffer: Buffer.alloc(4_000_000, 7) });
  const slow = await context.newCDPSession(page);
  const network = { offline: false, latency: 20, downloadThroughput: -1, uploadThroughput: 150_000 };
  // What the first run loads is not to be slow.
  await page.evaluate("fetch('/')");
  await slow.send("Network.emulateNetworkConditions", network);
  await press(page);
  const panel = page.locator('[data-run="sending"]');
  await panel.getByText("Sending your files").waitFor();
  await picture(page, "run-sending", false);
  assert.deepEqual(await axe(page), []);
  await panel.getByRole("button", { name: "Cancel" }).click();
  await page.locator("[data-run]").waitFor({ state: "detached" });
  assert.equal(await page.getByLabel("Prompt").inputValue(), "a ferry");
  await page.getByText("large.png").first().waitFor();
  await page.getByRole("button", { name: "Run", exact: true }).waitFor();
  await slow.send("Network.emulateNetworkConditions", { ...network, latency: 0, uploadThroughput: -1 });
  await page.waitForTimeout(500);
  const { total } = await site.platform.client("apikey").tasks({ modelName: "test/picture", status: "active" });
  assert.equal(total, 0);
  assert.deepEqual(troubles, []);
  await close();
});

test("a run of another model is not shown beside this one's form, but linked to", { skip }, async () => {
  const client = site.platform.client("apikey");
  const other = await client.run("test/wait", { seconds: 30 });
  const { page, troubles, close } = await site.visit(`/models/test/picture?run=${other.taskid}`, { signedIn: true });
  await page.getByText(`Run ${other.taskid} is of another model, test/wait.`).waitFor();
  assert.equal(await page.locator("[data-run]").count(), 0);
  assert.equal(await page.getByRole("button", { name: /^Run/ }).isEnabled(), true);
  assert.deepEqual(await axe(page), []);
  await picture(page, "run-elsewhere", false);
  await page.getByRole("link", { name: "See it on its own page" }).click();
  await page.waitForURL(new RegExp(`/runs/${other.taskid}$`));
  await page.locator('[data-run="following"]').waitFor();
  await client.kill(other);
  assert.deepEqual(troubles, []);
  await close();
});

test("what was expected stands beside the bill, also where tokens are counted", { skip }, async () => {
  const { page, troubles, close } = await site.visit("/models/test/priced", { signedIn: true });
  const cost = page.getByTestId("cost");
  await page.getByLabel("Unit").selectOption("tokens");
  await cost.getByText("$0.00001 a token").waitFor();
  await press(page);
  await done(page);
  const panel = page.locator("[data-run]");
  assert.match(await panel.innerText(), /Billed\s+\$0\.012\s+Set aside at most\s+\$1\.00/);
  assert.ok(!(await panel.innerText()).includes("Estimated"), "a rate is no estimate");
  // The run before says what the next one costs.
  await cost.getByText("about $0.012").waitFor();
  await press(page);
  await page.locator('[data-run="done"]').waitFor({ state: "detached" });
  await done(page);
  assert.match(await panel.innerText(), /Estimated\s+about \$0\.012\s+Billed\s+\$0\.012\s+Set aside at most/);
  await picture(page, "run-estimated", false);
  assert.deepEqual(await axe(page), []);
  assert.deepEqual(troubles, []);
  await close();
});
