/** The operator's pages: pauses and cordons hold runs, accounts are found and given money, settings and coupons, the auditor. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fakeWorker, tokenIn, visitor } from "@modelyard/testing";
import { axe, look, lookAtAll, picture, type Site, skip, startSite } from "./support.ts";

let site: Site;
before(async () => {
  if (skip) return;
  site = await startSite("web-admin");
});
after(async () => site?.close());

const PAGES = {
  admin: "/admin",
  "admin-models": "/admin/models",
  "admin-accounts": "/admin/accounts",
  "admin-coupons": "/admin/coupons",
  "admin-settings": "/admin/settings",
  "admin-audit": "/admin/audit",
} as const;

test("a paused model's runs wait with the reason and are seen; a cordoned worker gets nothing", { skip }, async () => {
  const client = site.platform.client("apikey");
  const { page, troubles, close } = await site.visit("/admin/models", { signedIn: true });
  await page.getByRole("button", { name: "Versions of test/noop" }).click();
  const versions = page.getByRole("dialog", { name: "Versions of test/noop" });
  await versions.getByText("from a folder of the server's").waitFor();
  await versions.getByText("Active", { exact: true }).waitFor();
  assert.deepEqual(await axe(page), []);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Pause test/noop" }).click();
  await page.getByLabel("Reason").fill("A new version comes");
  assert.deepEqual(await axe(page), []);
  await page.getByRole("dialog").getByRole("button", { name: "Pause" }).click();
  await page.getByRole("button", { name: "Resume test/noop" }).waitFor();

  const { taskid } = await client.run("test/noop", {});
  await page.goto(`${site.platform.url}/admin`);
  const models = page.getByRole("region", { name: "Queue by model" });
  const row = models.getByRole("row").filter({ hasText: "test/noop" });
  await row.getByText("A new version comes").waitFor();
  assert.equal(await row.getByRole("cell").nth(2).innerText(), "1");
  await picture(page, "admin-paused");
  assert.deepEqual(await axe(page), []);
  await row.getByRole("button", { name: "Resume test/noop" }).click();
  assert.equal((await client.wait({ taskid })).status, "task_postprocess_end");
  await page.getByText("Nothing waits and nothing runs.").waitFor();

  await page.getByRole("button", { name: /^Cordon worker/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cordon" }).click();
  await page.getByText("Gets nothing more").waitFor();
  const held = await client.run("test/noop", {});
  await models.getByRole("row").filter({ hasText: "test/noop" }).waitFor();
  assert.equal((await client.detail(held)).status, "task_queue");
  await page.getByRole("button", { name: /^Uncordon worker/ }).click();
  await client.wait(held);
  assert.deepEqual(troubles, []);
  await close();
});

test("a run that waits is given another priority", { skip }, async () => {
  const { page, troubles, close } = await site.visit("/admin", { signedIn: true });
  await page.getByText("No run waits.").waitFor();
  const operator = visitor(site.platform.url);
  await operator.account("SignIn", site.platform.firstRun.owner);
  await operator.api("Queue/Pause", { reason: "for the test" });
  const client = site.platform.client("apikey");
  const first = await client.run("test/noop", {});
  const second = await client.run("test/echo", { prompt: "x" });
  const list = page.getByRole("region", { name: "Waiting runs by turn" }).getByRole("table");
  const order = () => list.locator("tbody tr td:first-child").allInnerTexts();
  await list.getByText("test/echo").waitFor();
  assert.deepEqual(await order(), [first.taskid, second.taskid]);
  await page.getByLabel(`Priority of run ${second.taskid}`).selectOption("high");
  await page.getByRole("status").getByText(`Run ${second.taskid} has high priority.`).waitFor();
  await list.locator("tbody tr").first().getByText("test/echo").waitFor();
  assert.deepEqual(await order(), [second.taskid, first.taskid]);
  await look(page, "admin-waiting", { fullPage: true });
  await operator.api("Queue/Resume");
  await page.getByText("No run waits.").waitFor();
  assert.deepEqual(troubles, []);
  await close();
});

test("an account is found, credited once, suspended and restored", { skip }, async () => {
  const { page, troubles, close } = await site.visit("/admin/accounts", { signedIn: true });
  const { email } = site.platform.firstRun.owner;
  await page.getByLabel("E-mail address or name").fill("nobody like this");
  await page.locator("main").getByRole("button", { name: "Search" }).click();
  await page.getByText("No account fits.").waitFor();
  await page.getByLabel("E-mail address or name").fill(email.slice(0, 5));
  await page.locator("main").getByRole("button", { name: "Search" }).click();
  await page.getByRole("button", { name: `Credit for ${email}` }).click();
  await page.getByLabel("Amount").fill("12.50");
  await page.getByLabel("Note").fill("For the fair");
  await page.getByRole("button", { name: "Change the wallet" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.goto(`${site.platform.url}/dashboard/wallet`);
  await page.getByRole("row").filter({ hasText: "For the fair" }).filter({ hasText: "$12.50" }).waitFor();

  const operator = visitor(site.platform.url);
  await operator.account("SignIn", site.platform.firstRun.owner);
  const { url } = (await operator.api("Admin/Invite", { email: "guest@visitor.example" })).body;
  const guest = visitor(site.platform.url);
  const signUp = { email: "guest@visitor.example", password: "a long enough one", invitation: tokenIn(url) };
  await guest.account("SignUp", signUp);
  assert.equal((await guest.api("Wallet/Detail")).body.result, true);
  await page.goto(`${site.platform.url}/admin/accounts`);
  await page.getByRole("button", { name: "Suspend guest@visitor.example" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Suspend" }).click();
  await page.getByRole("button", { name: "Restore guest@visitor.example" }).waitFor();
  assert.notEqual((await guest.account("Token")).body.result, true);
  await page.getByRole("button", { name: "Restore guest@visitor.example" }).click();
  await page.getByRole("button", { name: "Suspend guest@visitor.example" }).waitFor();
  assert.deepEqual(troubles, []);
  await close();
});

test("sign-ups are opened, an invitation is made, a coupon's code is shown once, the auditor finds nothing", {
  skip,
}, async () => {
  const { page, troubles, close } = await site.visit("/admin/settings", { signedIn: true });
  await page.getByLabel("Everybody may make an account").check();
  await page.getByText("Saved.").first().waitFor();
  await page.getByRole("button", { name: "Make the link" }).click();
  const link = page.locator("main code").filter({ hasText: "/account/SignUp?token=" });
  await link.waitFor();
  assert.equal((await fetch(await link.innerText())).status, 200);

  await page.goto(`${site.platform.url}/admin/coupons`);
  await page.getByLabel("Amount").fill("3");
  await page.getByRole("button", { name: "Make the coupon" }).click();
  const code = await page.locator("main code").filter({ hasText: "-" }).innerText();
  await page.reload();
  await page.getByRole("cell", { name: "0 of 1" }).waitFor();
  assert.ok(!(await page.content()).includes(code));

  await page.goto(`${site.platform.url}/admin/audit`);
  await page
    .getByRole("cell", { name: "coupon-create" })
    .or(page.getByRole("cell", { name: /coupon/ }))
    .first()
    .waitFor();
  await page.getByRole("button", { name: "Look now" }).click();
  await page.getByText(/Everything adds up/).waitFor();
  assert.deepEqual(troubles, []);
  await close();
});

test("a worker's token is made, shown once with the line that starts a worker, and revoked", { skip }, async () => {
  const { page, troubles, close } = await site.visit("/admin", { signedIn: true });
  const tokens = page.getByRole("region", { name: "Tokens of workers", exact: true });
  await tokens.waitFor();
  await page.getByLabel("Machine").fill("gpu-9");
  await page.getByRole("button", { name: "Make a token" }).click();
  const line = page.locator("main code").filter({ hasText: "MODELYARD_WORKER_TOKEN=" });
  const [, workerToken = "", server = "", name] =
    /^MODELYARD_WORKER_TOKEN=(\S+) .* --server (\S+) --name (\S+)$/.exec(await line.innerText()) ?? [];
  assert.equal(name, "gpu-9");
  await look(page, "admin-worker-token", { fullPage: true });
  const worker = await fakeWorker({ url: server, workerToken });
  await page.reload();
  await page.getByRole("row").filter({ hasText: "gpu-9" }).getByRole("cell", { name: "1", exact: true }).waitFor();
  assert.ok(!(await page.content()).includes(workerToken));
  await page.getByRole("button", { name: /^Revoke the token gpu-9/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await page
    .getByRole("row")
    .filter({ hasText: "gpu-9" })
    .getByText(/^Revoked /)
    .waitFor();
  assert.match((await worker.next("refused")).reason, /revoked/);
  assert.deepEqual(troubles, []);
  await close();
});

test("who is no operator is told so", { skip }, async () => {
  const { page, close } = await site.visit("/admin");
  await page.getByText("Sign in to see this page.").waitFor();
  await close();
});

test("axe finds nothing on any page of the operator's, and nothing is too wide", { skip }, async () => {
  const { page, troubles, close } = await site.visit("/admin", { signedIn: true });
  await lookAtAll(page, site.platform.url, PAGES);
  assert.deepEqual(troubles, []);
  await close();
});
